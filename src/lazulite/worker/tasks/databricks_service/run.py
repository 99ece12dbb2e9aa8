"""One DatabricksStep at a Databricks workspace, from the upload of its source to its outcome."""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.model.assets import ComputeTarget
from lazulite.model.databricks import DatabricksWork
from lazulite.model.errors import InvalidRequest
from lazulite.worker.cancellation import Cancellation, JobCanceled
from lazulite.worker.inputs import any_store_of
from lazulite.worker.outputs import OutputMissing
from lazulite.worker.tasks.databricks_handover import arguments, public_identity, widgets
from lazulite.worker.tasks.databricks_service import clusters, failures, mounts, note, request, result, source
from lazulite.worker.tasks.databricks_service.reachable import refuse_unreachable
from lazulite.worker.tasks.databricks_service.session import Waiting, connect
from lazulite.worker.tasks.databricks_service.watch import Pace, RunState, patiently, state_of, until_over
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.outbox import add_properties

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.jobs import SubmitTask

_SIGTERM_CODE = 143
#: Seconds in which a canceled run may end, of those that the worker gives us.
_CANCEL_SECONDS = 6.0


def run(order: TaskOrder, work: DatabricksWork, pace: Pace | None = None) -> None:
    """Do the work of a DatabricksStep at the host of its compute target.

    A run that an earlier try of the step submitted is taken up again, not made a second time.

    Raises:
        LazuliteError: it failed, or could not be started; the message says why and what to do.
        SystemExit: the step was canceled; so is the run.
    """
    if order.job.target is None:
        raise InvalidRequest(f"The job {order.job.id} does not know its compute target.")
    refuse_unreachable(order)
    with Cancellation() as stop:
        try:
            with stop.interrupting():
                client = connect(order.job.target, order.job.home, stop)
            ended = ServiceRun(order, work, client, stop, pace or Pace()).finish()
        except JobCanceled:
            sys.exit(_SIGTERM_CODE)
    conclude(order, ended)


class ServiceRun:
    """The run of one step at the service, and what was brought there for it."""

    def __init__(
        self,
        order: TaskOrder,
        work: DatabricksWork,
        client: WorkspaceClient,
        stop: Cancellation,
        pace: Pace,
    ) -> None:
        self._order, self._work, self._client, self._stop, self._pace = order, work, client, stop, pace
        self._waiting = Waiting(stop)
        self._artifacts = Path(order.artifacts)
        self._note = note.read(self._artifacts)

    def finish(self) -> RunState:
        """Return the run's last state; what was brought for it is taken away then.

        Raises:
            LazuliteError: it could not be started or watched.
            JobCanceled: the step was to end; the run was canceled.
        """
        try:
            number = self._note.run or self._start()
            ended = self._watch(number)
        except JobCanceled:
            if self._cancel():
                with contextlib.suppress(JobCanceled):
                    self._take_away()
            raise
        except BaseException:
            if self._note.run is None:  # else it may go on, and need its files
                self._take_away()
            raise
        self._take_away()
        return ended

    def _start(self) -> int:
        with self._stop.interrupting():
            task = self._prepare()
        # Not to be interrupted: between the service's yes and our knowing of it there would be a run without a step.
        number = patiently(self._waiting, self._pace, lambda: self._submit(task))
        self._remember(replace(self._note, run=number))
        return number

    def _prepare(self) -> SubmitTask:
        order, work, client = self._order, self._work, self._client
        if not self._note.is_prepared:
            patiently(
                self._waiting, self._pace, lambda: clusters.prepare(client, work, self._waiting, self._pace)
            )
            self._remember(replace(self._note, is_prepared=True))
        brought = patiently(self._waiting, self._pace, self._bring)
        there = patiently(self._waiting, self._pace, self._put_secrets)
        return request.task(
            work,
            work.path or brought.file,
            {**widgets(order), **mounts.merged(there, "widgets")},
            arguments(order, public_identity(), brought.script_directory),
            mounts.merged(there, "spark_conf"),
        )

    def _bring(self) -> source.Brought:
        brought = source.plan(self._client, self._work, _target(self._order), self._order.job.run_id)
        self._remember(replace(self._note, folder=brought.folder, files=brought.files))
        source.bring(self._client, brought)
        return brought

    def _put_secrets(self) -> tuple[mounts.Mount, ...]:
        wanted = mounts.mounts(self._order)
        self._remember(replace(self._note, keys=tuple(one.key for one in wanted)))
        return mounts.put(self._client, wanted)

    def _submit(self, task: SubmitTask) -> int:
        with failures.in_words("submitting the run", self._client.config.host):
            wait = self._client.jobs.submit(
                run_name=self._work.run_name or self._order.job.step_name,
                tasks=[task],
                timeout_seconds=self._work.timeout_seconds,
                idempotency_token=note.token_of(self._order.job.run_id),
            )
        return int(wait.run_id)

    def _watch(self, number: int) -> RunState:
        with self._stop.interrupting():
            ended = until_over(self._client, number, self._waiting, self._pace, self._show)
            result.keep(self._client, ended)
        return ended

    def _show(self, state: RunState) -> None:
        print(f"Databricks run {self._note.run}: {state.link}", flush=True)
        found = {"databricks.run_id": str(self._note.run), "databricks.run_page": state.link}
        add_properties(self._order, found)

    def _cancel(self) -> bool:
        """Cancel the run and wait a little; return whether it is over, or never was."""
        number = self._note.run
        if number is None:
            return True
        print(f"Canceling the Databricks run {number}.", flush=True)
        deadline = time.monotonic() + _CANCEL_SECONDS
        try:
            self._client.jobs.cancel_run(number)
            while not (now := state_of(self._client.jobs.get_run(number))).is_over:
                if time.monotonic() > deadline:
                    print(f"It is {now.life} still; Databricks ends it.", flush=True)
                    return False
                time.sleep(self._pace.first)
        except (Exception, JobCanceled) as error:  # noqa: BLE001 - the step ends in any case; what is left must be said
            print(f"The run {number} may go on: canceling it failed ({error}).", flush=True)
            return False
        print(now.line, flush=True)
        return True

    def _take_away(self) -> None:
        source.take_away(self._client, self._note.folder, self._note.files)
        mounts.delete(self._client, self._note.keys)

    def _remember(self, now: note.Note) -> None:
        self._note = now
        note.write(self._artifacts, now)


def conclude(order: TaskOrder, ended: RunState) -> None:
    """Say how the step ends.

    Raises:
        LazuliteError: the run failed, or an output was not written.
    """
    step = order.job.step_name
    if not ended.is_success:
        raise failures.of_state(step, ended.life, ended.result, ended.message, ended.termination, ended.link)
    for item in order.job.outputs:
        if any_store_of(order.job, item.datastore).look_at(item.path) is None:
            raise OutputMissing(
                f"The Databricks run of step '{step}' succeeded, and wrote nothing for the output '{item.name}' at "
                f"{order.outputs[item.name]}. A notebook finds that address in the widget '{item.name}', a script "
                f"behind the argument -{item.name}."
            )


def _target(order: TaskOrder) -> str:
    target = order.job.target or ComputeTarget("")
    return str(target.extra.get("upload_path") or source.UPLOAD_PATH)
