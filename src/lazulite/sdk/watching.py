"""Waiting for a run: reading its events until it has ended, and printing them with its logs if asked to.

`PipelineRun.wait_for_completion`, `StepRun.wait_for_completion` and the command line's `runs logs -f` use `follow`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from lazulite.model.events import Event, EventKind
from lazulite.model.run import Run, RunKind, RunQuery, RunStatus
from lazulite.sdk.exceptions import ExperimentExecutionException, UserErrorException, v1_errors
from lazulite.sdk.log_tail import BUILD_LOG, DRIVER_LOG, LogTail
from lazulite.sdk.transcript import Transcript

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.sdk.artifacts import RunFiles
    from lazulite.sdk.run import Run as SdkRun

#: How long one look for events may take while logs grow, and while there is nothing to read meanwhile.
_LOG_SECONDS = 0.25
_EVENT_SECONDS = 10.0
_POLL_SECONDS = 0.25
#: Longer than this is for ever: v1's default is the largest number of its machine.
_FOR_EVER = 10 * 365 * 24 * 3600.0
_RUNNING = (RunStatus.PREPARING, RunStatus.RUNNING, RunStatus.FINALIZING, RunStatus.CANCEL_REQUESTED)


def steps_in_order(service: Service, workspace: str, run_id: str) -> list[Run]:
    """Return the step runs of a pipeline run in the plan's order."""
    with v1_errors():
        places = {
            step.node: at for at, step in enumerate(service.get_submission(workspace, run_id).plan.steps)
        }
        found = service.list_runs(workspace, RunQuery(parent_id=run_id, kind=RunKind.STEP))
    return sorted(found, key=lambda run: places.get(run.node or "", len(places)))


def follow(
    service: Service,
    workspace: str,
    run_id: str,
    out: TextIO | None = None,
    timeout_seconds: float | None = None,
    only: str | None = None,
) -> Run:
    """Wait until a pipeline run, or one step of it, has ended.

    Args:
        service: Where the run is.
        workspace: The workspace's id.
        run_id: The pipeline run's id.
        out: Print every status change, the steps' logs as they grow, and a summary here; None: print nothing.
        timeout_seconds: Stop waiting after so long; None or v1's huge default: never.
        only: The id of a step run: wait for it alone, and print only what concerns it.

    Returns:
        The record of what was waited for; not terminal if the time was over first.
    """
    deadline = (
        None if timeout_seconds is None or timeout_seconds > _FOR_EVER else time.monotonic() + timeout_seconds
    )
    with v1_errors():
        subject = service.get_run(workspace, only or run_id)
        watch = _Watch(service, workspace, run_id, out, only) if out else None
        after, about = 0, None if watch else subject.id
        while True:
            events = service.get_events(workspace, run_id, after, _patience(deadline, watch), about)
            after = events[-1].sequence if events else after
            if watch:
                watch.take(events)
            if not events or _concerns(events, subject.id):
                subject = service.get_run(workspace, subject.id)
            if subject.status.is_terminal or (deadline is not None and time.monotonic() >= deadline):
                break
        if watch:
            watch.take(service.get_events(workspace, run_id, after))
            watch.close(subject)
    return subject


def _concerns(events: Sequence[Event], subject: str) -> bool:
    return any(event.subject == subject and event.kind is EventKind.STATUS for event in events)


def _patience(deadline: float | None, watch: _Watch | None) -> float:
    longest = _LOG_SECONDS if watch and watch.is_reading else _EVENT_SECONDS
    return longest if deadline is None else max(0.0, min(longest, deadline - time.monotonic()))


class _Watch:
    """Prints while `follow` waits."""

    def __init__(self, service: Service, workspace: str, run_id: str, out: TextIO, only: str | None) -> None:
        self._service = service
        self._workspace = workspace
        self._only = only
        self._run_id = run_id
        self._steps = {step.id: step for step in steps_in_order(service, workspace, run_id)}
        run = service.get_run(workspace, run_id)
        self._transcript = Transcript(out, run, list(self._steps.values()), only)
        self._tails: dict[str, LogTail] = {}

    @property
    def is_reading(self) -> bool:
        """Whether a step is running whose logs may grow."""
        return bool(self._tails)

    def take(self, events: Sequence[Event]) -> None:
        """Print events, and what the running steps have logged, in the order it happened."""
        for event in events:
            status = RunStatus(event.data["status"]) if event.kind is EventKind.STATUS else None
            mine = event.subject in self._steps and self._only in (None, event.subject)
            if mine and status is not None and status.is_terminal and "reused_run_id" not in event.data:
                self._drain(event.subject)
            self._transcript.event(event)
            if mine and status in _RUNNING and event.subject not in self._tails:
                self._start(event.subject)
        for subject, tail in self._tails.items():
            self._transcript.log(subject, tail.lines())

    def _drain(self, subject: str) -> None:
        if subject not in self._tails:
            self._start(subject)
        tail = self._tails.pop(subject, None)
        if tail is not None:
            self._transcript.log(subject, tail.lines(ended=True))

    def _start(self, subject: str) -> None:
        files = self._files(self._steps[subject])
        if files is not None:
            self._tails[subject] = LogTail(files)

    def _files(self, step: Run) -> RunFiles | None:
        """The files of a step; None if their datastore is gone, which is no reason to stop waiting."""
        from lazulite.sdk.artifacts import files_of

        try:
            return files_of(self._service, self._workspace, step)
        except UserErrorException:
            return None

    def close(self, subject: Run) -> None:
        """Print why steps failed, and the summary."""
        if not subject.status.is_terminal:
            return
        run = self._service.get_run(self._workspace, self._run_id)
        steps = steps_in_order(self._service, self._workspace, self._run_id)
        for step in steps:
            if step.status is RunStatus.FAILED and self._only in (None, step.id):
                self._transcript.failure(step, self._telling_log(step))
        self._transcript.summary(run, steps)

    def _telling_log(self, step: Run) -> str:
        """The place of the log that says most about a failure; empty if there is none."""
        files = self._files(step)
        sizes = {name: info.size for name, info in files.infos("azureml-logs/")} if files else {}
        found = next((name for name in (DRIVER_LOG, BUILD_LOG) if sizes.get(name)), None)
        return files.shown(found) if files and found else ""


@contextmanager
def interruptible(run_id: str) -> Iterator[None]:
    """Turn Ctrl-C, inside the block, into v1's exception: waiting ends, the run does not."""
    try:
        yield
    except KeyboardInterrupt:
        raise ExperimentExecutionException(
            f"Waiting was interrupted; run {run_id} goes on. Watch it again with `lazulite runs logs -f {run_id}`, "
            f"cancel it with run.cancel() or `lazulite runs cancel {run_id}`."
        ) from None


def checked_timeout(seconds: object) -> float | None:
    """Return a timeout in seconds; None: for ever.

    Raises:
        UserErrorException: it is not a number, or negative.
    """
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0:
        raise UserErrorException(f"timeout_seconds is a number of seconds, and got {seconds!r}.")
    return float(seconds)


def wait_for_run(run: SdkRun, show_output: bool) -> None:
    """Wait for a run of any kind, for ever."""
    record = run._facts()  # noqa: SLF001 - the SDK's own seam
    service, workspace = run._service, run._workspace_id  # noqa: SLF001 - the SDK's own seam
    out = sys.stdout if show_output else None
    with interruptible(run.id):
        if record.kind is RunKind.INTERACTIVE:
            while not run.is_finished:
                time.sleep(_POLL_SECONDS)
        else:
            only = record.id if record.kind is RunKind.STEP else None
            follow(service, workspace, record.root_id or record.id, out, only=only)
