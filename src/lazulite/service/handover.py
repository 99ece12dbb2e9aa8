"""A submission handed to the engine: checked, recorded in one transaction, with an engine that lives."""

from __future__ import annotations

from lazulite.engine import process
from lazulite.engine.layout import Home
from lazulite.engine.submitting import recording
from lazulite.model.errors import Conflict
from lazulite.model.run import Run, Submission
from lazulite.records.records import Records


def hand_over(home: Home, records: Records, workspace: str, submission: Submission) -> Run:
    """Record the run of a submission and see to it that an engine lives; nothing is recorded if anything is wrong.

    A submission that chose its run's id and comes again gets the run that there is.
    """
    work = recording.checked(home, records, workspace, submission)
    earlier = recording.known(records, work)
    if earlier is not None:
        process.ensure(home)
        return earlier
    process.ensure_alive(home)  # before anything is recorded: a run that nobody moves helps nobody
    try:
        stored = recording.record(records, work)
    except Conflict:
        earlier = recording.known(records, work)  # another try of the same was a moment faster
        if earlier is None:
            raise
        return earlier
    process.ensure(home)  # again: it may just have been idle for long enough
    recording.make_room(home, records, stored)
    return stored
