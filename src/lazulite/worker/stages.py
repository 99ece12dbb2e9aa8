"""What happens in each stage of a job. `run.run_job` says in which order, and what a failure means."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from lazulite.model.errors import LazuliteError, NotFound
from lazulite.model.job import Job, JobInput, JobOutput
from lazulite.model.plan import RunShell, RunTask
from lazulite.model.run import OutputRecord, RunError
from lazulite.model.snapshot import Snapshot
from lazulite.storage.blobs import BlobStore
from lazulite.storage.snapshots import stage
from lazulite.worker import bounds, failure, launch, outputs
from lazulite.worker.arguments import Placeholders
from lazulite.worker.cancellation import Cancellation
from lazulite.worker.ending import children, signal_group
from lazulite.worker.folder import JobFolder, remove_tree
from lazulite.worker.inputs import addresses, any_store_of, place_inputs
from lazulite.worker.logs import RunLogs
from lazulite.worker.mirror import Mirror
from lazulite.worker.outputs import OutputPlace, copy_into
from lazulite.worker.shared import Shared
from lazulite.worker.supervision import Cause, End, Limits, Supervision
from lazulite.worker.variables import variables

#: Seconds from SIGTERM to SIGKILL: a variable of the step's environment, or of the machine.
ENV_GRACE = "LAZULITE_CANCEL_GRACE_SECONDS"
_GRACE = 10.0
#: How often a task is started whose work a service does.
_STARTS = 3


class Stages:
    """The stages of one job, and what each leaves for the next."""

    def __init__(
        self,
        job: Job,
        files: JobFolder,
        logs: RunLogs,
        artifacts: Path,
        cancellation: Cancellation,
        shared: Shared,
    ) -> None:
        self.at = job.folder  # the place worked at, for the message when a disk is full
        self.exit_code: int | None = None
        self.canceled = False
        self.records: tuple[OutputRecord, ...] = ()
        self._job = job
        self._files = files
        self._logs = logs
        self._artifacts = artifacts
        self._cancellation = cancellation
        self._shared = shared
        self._facts: dict[str, str] = {}
        self._interpreter = ""
        self._inputs: dict[str, Path] = {}
        self._outputs: dict[str, OutputPlace] = {}
        self._addresses: dict[str, str] = {}

    def prepare(self) -> None:
        """Stage the snapshot, find the environment, bring the inputs, make room for the outputs."""
        self._stage_snapshot()
        self._resolve_environment()
        say = self._told_now(self._logs.preparation) if self._is_far() else self._logs.preparation
        self._inputs = place_inputs(self._job, self._files, say)
        self._outputs = outputs.place_outputs(self._job, self._files, say)

    def run(self) -> RunError | None:
        """Run the script; return why it failed, None if it did not."""
        command = self._command()
        end, mirror = self._run_to_end(command)
        self.exit_code = end.code
        self._facts |= {
            "cpu_seconds": f"{end.usage.cpu_seconds:.3f}",
            "peak_memory_bytes": str(end.usage.peak_memory),
        }
        self.canceled = end.cause is Cause.CANCELED
        text, errors = self._logs.tail(), self._logs.tail("stderr")
        error = failure.of_script(self._job, command.label, end, text, errors)
        if error is not None and isinstance(self._job.action, RunTask):
            error = self._told_by_task(error)
        try:
            self._after(end, mirror)
        except (LazuliteError, OSError) as trouble:
            if error is None and not self.canceled:
                raise
            # Why the script ended is what its author wants to read.
            self._logs.post(
                f"./outputs could not be copied: {failure.of_exception(trouble, self.at).message}"
            )
        if error is None:
            return None
        advice = outputs.hint(failure.exception_text(text), self._outputs)
        return RunError(error.code, error.message + advice, error.details)

    def publish(self) -> None:
        """After success: check and copy what was declared, and record its content."""
        job = self._job
        self.at = (job.outputs and job.datastores[job.outputs[0].datastore].folder) or self.at
        told = self._told_now(self._logs.post) if self._is_far() else self._logs.post
        whole = outputs.publish(self._job, self._outputs, self._inputs, told)
        self.records = outputs.records(self._job, self._outputs, whole, told)
        for record in self.records:
            self._logs.post(f"Output {record.name!r}: {record.files} files, {record.bytes} bytes.")

    def _is_far(self) -> bool:
        """Whether some of the data are elsewhere."""
        return any(datastore.type != "folder" for datastore in self._job.datastores.values())

    def _told_now(self, say: Callable[[str], None]) -> Callable[[str], None]:
        """`say`, written at once: what is far away takes its time, and somebody may be watching."""

        def told(text: str) -> None:
            say(text)
            self._logs.flush()

        return told

    def facts(self) -> dict[str, str]:
        """Return what the record keeps about how the job ran."""
        return self._facts

    def _stage_snapshot(self) -> None:
        self.at = str(self._files.work)
        blobs = BlobStore(Path(self._job.blobs))
        try:
            snapshot = self._shared.snapshot(self._job.snapshot, blobs)
            stage(snapshot, blobs, self._files.work)
        except NotFound:
            if not self._job.spool:
                raise
            snapshot = self._stage_copy(blobs)
        self._logs.preparation(f"Snapshot {snapshot.id}: {len(snapshot.files)} files, {snapshot.size} bytes.")

    def _stage_copy(self, blobs: BlobStore) -> Snapshot:
        """Stage the snapshot after fetching what is missing of it from its copy."""
        from lazulite.storage import snapshot_copies

        snapshot_copies.fetch(
            self._job.snapshot, blobs, any_store_of(self._job, self._job.artifact_datastore)
        )
        remove_tree(str(self._files.work))
        snapshot = self._shared.snapshot(self._job.snapshot, blobs)
        stage(snapshot, blobs, self._files.work)
        return snapshot

    def _resolve_environment(self) -> None:
        from lazulite.environments.resolve import resolve

        job = self._job
        found = resolve(job.environment, job.interpreter, Path(job.home), self._logs.image)
        self._interpreter = found.interpreter
        self._facts |= {
            "interpreter": found.interpreter,
            "environment_key": found.key,
            "environment_how": found.how,
        }
        self._logs.preparation(f"Environment {job.environment.name!r}: {found.how}, {found.interpreter}.")
        for note in found.notes:
            self._logs.image(note)

    def _command(self) -> launch.Command:
        job = self._job
        places = {name: place.path for name, place in self._outputs.items()}
        self._addresses = addresses(job)
        placeholders = Placeholders(
            self._told(job.inputs, self._inputs), self._told(job.outputs, places), job.parameters
        )
        environment = variables(
            job,
            interpreter=self._interpreter,
            outbox=self._files.outbox,
            artifacts=self._artifacts,
            placeholders=placeholders.variables,
            bounds=bounds.variables(job.resources, self._shared.slot),
            started_with=self._shared.variables,
        )
        action = job.action
        if isinstance(action, RunShell):
            action = RunShell(placeholders.for_shell(action.text))
        argv = placeholders.argv(job.arguments)
        if isinstance(action, RunTask):
            self._order_task(argv)
        return launch.command(action, argv, self._interpreter, self._files.work, environment)

    def _told(self, declared: Sequence[JobInput | JobOutput], places: Mapping[str, Path]) -> dict[str, str]:
        """Where each of the inputs or outputs is, as the script is told: a path, or an address."""
        return {item.name: self._addresses.get(item.name) or str(places[item.name]) for item in declared}

    def _order_task(self, argv: Sequence[str]) -> None:
        from lazulite.worker.tasks.order import TaskOrder, write_order

        order = TaskOrder(
            job=self._job,
            inputs=self._told(self._job.inputs, self._inputs),
            outputs=self._told(self._job.outputs, {k: place.path for k, place in self._outputs.items()}),
            arguments=tuple(argv),
            interpreter=self._interpreter,
            artifacts=str(self._artifacts),
        )
        write_order(self._files.path, order)

    def _run_to_end(self, command: launch.Command) -> tuple[End, Mirror]:
        """Run the command; start it again if it was killed and its work goes on at a service, which it takes up."""
        for others_left in reversed(range(_STARTS)):
            mirror = Mirror(self._files.work / "logs", self._artifacts / "logs")
            end = self._supervise(command, mirror)
            mirror.stop()
            if not (others_left and self._goes_on_elsewhere(end)):
                break
            self._logs.post(
                f"{command.label} was killed. Its work goes on; it is started again, to take it up."
            )
        return end, mirror

    def _goes_on_elsewhere(self, end: End) -> bool:
        target = self._job.target
        was_killed = end.cause is Cause.OWN and end.code == -signal.SIGKILL
        return was_killed and target is not None and target.is_elsewhere

    def _supervise(self, command: launch.Command, mirror: Mirror) -> End:
        for name in ("outputs", "logs"):
            (self._files.work / name).mkdir(exist_ok=True)
        say = self._logs.execution
        say(
            f"Compute {self._job.compute!r}, vm_size {self._job.resources.vm_size or 'none'}, node {self._shared.slot}."
        )
        say(f"Working directory: {self._files.work}")
        say(f"Command: {' '.join(command.argv)}")
        limits = Limits(self._job.timeout_seconds, grace(self._job))
        self._logs.flush()
        held = bounds.of_node(self._job.resources, self._shared.slot, self._logs.preparation)
        before = self._shared.helpers() if self._shared.warm else children()
        process = launch.start(command, held, self._shared.warm, say)
        before |= self._shared.helpers()
        try:
            end = Supervision(process, self._logs.script, limits, self._cancellation, mirror.start).run(
                before, partial(staying, self._job.home)
            )
        except BaseException:
            signal_group(process.pid, signal.SIGKILL)
            raise
        say(f"Ended with exit code {end.code} ({end.cause.value}).")
        return end

    def _told_by_task(self, error: RunError) -> RunError:
        """What the task itself said of why it failed, if it came to that; a time limit is our word."""
        from lazulite.worker.tasks.order import read_error

        told = read_error(self._files.path) if error.code == "UserError" else None
        return RunError(told.code, told.message, told.details or error.details) if told else error

    def _after(self, end: End, mirror: Mirror) -> None:
        """Bring `./outputs` to the artifacts, whether the script succeeded or not, and tell what was noticed."""
        post = self._logs.post
        if end.leftovers:
            post(f"{end.leftovers} processes that the script left behind were ended.")
        for trouble in (mirror.trouble, self._logs.trouble):
            if trouble:
                post(f"Not all of the logs could be written: {trouble}.")
        self.at = str(self._artifacts)
        produced = self._files.work / "outputs"
        if produced.is_dir() and any(produced.iterdir()):
            from lazulite.storage.folders import FolderStore

            copied = copy_into(FolderStore(self._artifacts), produced, "outputs", overwrite=True).copied
            post(f"./outputs: {copied} files copied to the run's artifacts.")
        else:
            post("./outputs is empty.")


def staying(home: str) -> frozenset[int]:
    """Return the processes that tasks on this home started for the steps after them."""
    from lazulite.worker.tasks.spark import holders

    return frozenset(about.pid for about in holders.living(Path(home)))


def grace(job: Job) -> float:
    """Return the seconds that the job's script has from SIGTERM to SIGKILL."""
    given = job.environment.variables.get(ENV_GRACE) or os.environ.get(ENV_GRACE)
    try:
        return max(0.0, float(given)) if given else _GRACE
    except ValueError:
        return _GRACE
