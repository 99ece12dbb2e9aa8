"""Waiting for a run from the command line: `runs wait` and `runs logs -f`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

from lazulite.cli import exit_codes

if TYPE_CHECKING:
    from lazulite.cli.run_choice import Chosen
    from lazulite.model.run import Run

_POLL_SECONDS = 0.25


def watch(chosen: Chosen, out: TextIO | None, timeout_seconds: float | None = None) -> Run:
    """Wait until a run has ended, or the time is over; return it as it is then.

    Args:
        chosen: A pipeline run, a step run, or an interactive run.
        out: Where to print what happens and what is logged; None: nowhere.
        timeout_seconds: How long to wait; None: for ever.
    """
    from lazulite.model.run import RunKind
    from lazulite.sdk.watching import follow

    run = chosen.run
    if run.kind is RunKind.INTERACTIVE:
        return _poll(chosen, timeout_seconds)
    only = run.id if run.kind is RunKind.STEP else None
    return follow(chosen.place.service, chosen.place.id, run.root_id or run.id, out, timeout_seconds, only)


def exit_code(run: Run) -> int:
    """0 if the run completed, else 1."""
    from lazulite.model.run import RunStatus

    return exit_codes.OK if run.status is RunStatus.COMPLETED else exit_codes.FAILED


def _poll(chosen: Chosen, timeout_seconds: float | None) -> Run:
    """Interactive runs have no events: their own process drives them."""
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    while True:
        run = chosen.fresh()
        if run.status.is_terminal or (deadline is not None and time.monotonic() >= deadline):
            return run
        time.sleep(_POLL_SECONDS)
