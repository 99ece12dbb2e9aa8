"""Watching a run until it is over: each new state is a line of the step's log."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from lazulite.model.errors import ComputeUnavailable
from lazulite.worker.tasks.databricks_service.failures import in_words, is_transient
from lazulite.worker.tasks.databricks_service.session import Waiting

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.jobs import Run

T = TypeVar("T")
_TRIES = 6  # of a request that is not about a run that goes on
_OVER = ("TERMINATED", "SKIPPED", "INTERNAL_ERROR")


@dataclass(frozen=True)
class Pace:
    """Seconds between two looks: the first, by how much each is longer, the longest; and how long trouble may last.

    A run goes on while nobody can ask about it, so trouble ends the step only after a long time.
    """

    first: float = 0.5
    factor: float = 1.5
    longest: float = 15.0
    patience: float = 1800.0


@dataclass(frozen=True)
class RunState:
    """What the service says of a run; words are its own, "" for none."""

    life: str = ""
    result: str = ""
    message: str = ""
    termination: str = ""
    link: str = ""
    task: int | None = None

    @property
    def is_over(self) -> bool:
        return self.life in _OVER

    @property
    def is_success(self) -> bool:
        return self.life == "TERMINATED" and self.result == "SUCCESS"

    @property
    def line(self) -> str:
        """The state for the log."""
        words = f"{self.life} {self.result}".strip()
        return f"{words}: {self.message}" if self.message else words


def state_of(run: Run) -> RunState:
    """Return what matters of the service's answer."""
    state, status = run.state, run.status
    details = status.termination_details if status else None
    tasks = run.tasks or []
    return RunState(
        life=state.life_cycle_state.value if state and state.life_cycle_state else "",
        result=state.result_state.value if state and state.result_state else "",
        message=(
            (state.state_message if state else "") or (details.message if details else "") or ""
        ).strip(),
        termination=details.code.value if details and details.code else "",
        link=run.run_page_url or "",
        task=tasks[0].run_id if tasks else None,
    )


def patiently(waiting: Waiting, pace: Pace, do: Callable[[], T]) -> T:
    """Return what `do` returns; where the service has trouble of its own, it is tried a few times.

    Raises:
        ComputeUnavailable: the trouble stays.
        JobCanceled: the step is to end.
    """
    for number in range(_TRIES - 1):
        try:
            return do()
        except ComputeUnavailable as error:
            if error.__cause__ is None or not is_transient(error.__cause__):
                raise
            print(f"{error.message} It is tried again.", flush=True)
            waiting.sleep(min(pace.longest, 2 * pace.first * 2**number))
    return do()


def until_over(
    client: WorkspaceClient,
    run: int,
    waiting: Waiting,
    pace: Pace,
    on_first: Callable[[RunState], None] = lambda _: None,
) -> RunState:
    """Return the run's state once it is over. `on_first` is told the first state that could be seen.

    Raises:
        JobCanceled: the step is to end.
        ComputeUnavailable: the service could not be asked for longer than the pace permits.
        LazuliteError: it says that there is no such run, or that the token may not see it.
    """
    seen, pause, since = RunState(), pace.first, time.monotonic()
    while True:
        now = _look(client, run, seen, since, pace)
        if now is not None:
            since = time.monotonic()
            if seen == RunState():
                on_first(now)
            if now.line != seen.line:
                print(now.line, flush=True)
                pause = pace.first
            if now.is_over:
                return now
            seen = now
        waiting.sleep(pause)
        pause = min(pace.longest, pause * pace.factor)


def _look(client: WorkspaceClient, run: int, seen: RunState, since: float, pace: Pace) -> RunState | None:
    """The run's state; None if it could not be asked this time."""
    try:
        return state_of(client.jobs.get_run(run))
    except Exception as error:
        if is_transient(error) and time.monotonic() - since < pace.patience:
            print(
                f"The run could not be looked at ({error}); it goes on, and is asked about again.", flush=True
            )
            return None
        if is_transient(error):
            raise ComputeUnavailable(
                f"{client.config.host} could not be asked about the run {run} for {pace.patience:g} seconds: {error}. "
                f"The run may go on there: {seen.link or 'see Job Runs'}."
            ) from error
        with in_words(f"looking at the run {run}", client.config.host):
            raise
