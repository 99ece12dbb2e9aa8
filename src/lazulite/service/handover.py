"""A submission handed to the engine: checked, recorded in one transaction, with an engine that lives."""

from __future__ import annotations

from lazulite.engine import process, submitting
from lazulite.engine.layout import Home
from lazulite.model.run import Run, Submission
from lazulite.records.records import Records


def hand_over(home: Home, records: Records, workspace: str, submission: Submission) -> Run:
    """Record the run of a submission and see to it that an engine lives; nothing is recorded if anything is wrong."""
    work = submitting.checked(home, records, workspace, submission)
    process.ensure_alive(home)  # before anything is recorded: a run that nobody moves helps nobody
    stored = submitting.record(records, work)
    process.ensure(home)  # again: it may just have been idle for long enough
    submitting.make_room(home, records, stored)
    return stored
