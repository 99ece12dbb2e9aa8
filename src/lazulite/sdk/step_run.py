"""A run of one step of a pipeline, as v1's `azureml.pipeline.core.StepRun`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

from lazulite.model.run import OutputRecord, RunStatus
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.input_datasets import UnknownName
from lazulite.sdk.run import Run

if TYPE_CHECKING:
    from lazulite.model.plan import Step
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.ports import PortDataReference
    from lazulite.sdk.reuse_explanation import ReuseExplanation
    from lazulite.sdk.workspace import Workspace

_JOB_LOG = "logs/azureml/executionlogs.txt"
_STDOUT_LOG = "logs/azureml/stdoutlogs.txt"
_STDERR_LOG = "logs/azureml/stderrlogs.txt"


class StepRun(Run):
    """A run of one step. v1: `azureml.pipeline.core.StepRun`.

    Where the step reused an earlier run, its logs, metrics, files and outputs are those of that run; `explain_reuse()`
    says so.

    Args:
        experiment: The experiment it belongs to.
        step_run_id: Its id.
        pipeline_run_id: The id of its pipeline run.
        node_id: The id of the step in the pipeline's graph.

    The parameters with a leading underscore are v1's own private ones, accepted and without effect: the record knows.
    """

    def __init__(
        self,
        experiment: Experiment,
        step_run_id: str,
        pipeline_run_id: str,
        node_id: str,
        _service_endpoint: Any = None,
        _is_reused: bool = False,
        _current_node_id: str | None = None,
        _reused_run_id: str | None = None,
        _reused_node_id: str | None = None,
        _reused_pipeline_run_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(experiment, step_run_id, **kwargs)
        self._pipeline_run_id = pipeline_run_id
        self._node_id = node_id

    @property
    def pipeline_run_id(self) -> str:
        """The id of the pipeline run it belongs to."""
        return self._pipeline_run_id

    # --- status ---

    def get_status(self) -> str:
        """Return where the step stands in v1's words for steps: NotStarted, Queued, Running, Failed, Finished,
        Canceled, Bypassed (not run, because a step it depends on failed)."""
        return self._fetch().status.graph_word

    def wait_for_completion(  # type: ignore[override]  # v1 gave this class other parameters and another result
        self, show_output: bool = True, timeout_seconds: float = sys.maxsize, raise_on_error: bool = True
    ) -> str:
        """Wait until the step has ended; return `get_status()`.

        Args:
            show_output: Print each status change, the step's log as it grows, and why it failed.
            timeout_seconds: Stop waiting after so long: prints that, and returns. The step goes on.
            raise_on_error: Raise if it failed.

        Raises:
            ActivityFailedException: it failed. `message` is the JSON of the error.
            ExperimentExecutionException: interrupted from the keyboard. The run goes on.
        """
        from lazulite.sdk.portal import link_line
        from lazulite.sdk.run_details import error_of, failure
        from lazulite.sdk.watching import checked_timeout, follow, interruptible

        timeout = checked_timeout(timeout_seconds)
        out = sys.stdout if show_output else None
        if show_output:
            print(f"StepRunId: {self.id}\n{link_line(self.get_portal_url())}", flush=True)
        with interruptible(self._pipeline_run_id):
            record = follow(self._service, self._workspace_id, self._facts().root_id, out, timeout, self.id)
        if not record.status.is_terminal:
            print(
                f"Stopped waiting after {timeout_seconds} seconds. Step run {self.id} is {record.status.value}.",
                flush=True,
            )
            return record.status.graph_word
        error = error_of(self._service, self._workspace_id, record)
        if raise_on_error and error is not None:
            raise failure(error)
        return record.status.graph_word

    def explain_reuse(self) -> ReuseExplanation:
        """Return whether the step was reused, and if not, what differs from the nearest earlier run. (Beyond v1.)

        Text to print; its `decision` holds the parts.
        """
        from lazulite.sdk.reuse_explanation import explained

        return explained(self._service, self._workspace_id, self._fetch())

    # --- logs ---

    def get_job_log(self) -> str:
        """Return what was noted while the step was prepared, run and finished."""
        return self._files().text(_JOB_LOG)

    def get_stdout_log(self) -> str:
        """Return what the script wrote to its standard output."""
        return self._files().text(_STDOUT_LOG)

    def get_stderr_log(self) -> str:
        """Return what the script wrote to its standard error."""
        return self._files().text(_STDERR_LOG)

    def get_details_with_logs(self) -> dict[str, Any]:
        """Return `get_details()` with the text of each log in place of its URL, and STDOUT, STDERR and JOBLOG."""
        found = super().get_details_with_logs()
        logs = found["logFiles"]
        for word, name in (("STDOUT", _STDOUT_LOG), ("STDERR", _STDERR_LOG), ("JOBLOG", _JOB_LOG)):
            logs[word] = logs.get(name, "")
        return found

    # --- outputs ---

    def get_outputs(self) -> dict[str, StepRunOutput]:
        """Return the step's outputs by name."""
        recorded = self._recorded_outputs()
        return {
            output.name: StepRunOutput(
                self._workspace, self._pipeline_run_id, self, output.name, recorded.get(output.name)
            )
            for output in self._step().outputs
        }

    def get_output(self, name: str) -> StepRunOutput:
        """Return one output.

        Raises:
            UserErrorException: the step has no output of that name (also a KeyError); the message lists them.
        """
        outputs = self.get_outputs()
        if name not in outputs:
            raise UnknownName(
                f"Step '{self.name}' has no output {name!r}. It has: {', '.join(outputs) or 'none'}."
            )
        return outputs[name]

    def get_output_data(self, name: str) -> PortDataReference:
        """Return where one output is, to download it or to use it as an input of another pipeline.

        Raises:
            UserErrorException: the step has no output of that name (also a KeyError), or it has not been written.
        """
        return self.get_output(name).get_port_data_reference()

    def _step(self) -> Step:
        record = self._facts()
        with v1_errors():
            return self._service.get_submission(self._workspace_id, record.root_id).plan.step(
                record.node or ""
            )

    def _recorded_outputs(self) -> dict[str, OutputRecord]:
        with v1_errors():
            found = self._service.get_outputs(self._workspace_id, self.id)
        return {output.name: output for output in found}

    # --- what v1 refuses ---

    def complete(self) -> NoReturn:  # type: ignore[override]  # v1 refuses it
        """Refused, as in v1: a step completes when its script ends with exit code 0.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("A step completes when its script ends with exit code 0, not by hand.")

    def fail(self) -> NoReturn:  # type: ignore[override]  # v1 refuses it
        """Refused, as in v1.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("A step fails when its script does; cancel() ends it.")

    def child_run(self, name: str | None = None, run_id: str | None = None, outputs: Any = None) -> NoReturn:
        """Refused, as in v1: children are started by the step's own script, with `Run.get_context().child_run()`.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            "Children of a step are started by its own script: Run.get_context().child_run()."
        )


class StepRunOutput:
    """One output of a step run. v1: `azureml.pipeline.core.StepRunOutput`.

    Args:
        context: The workspace.
        pipeline_run_id: The id of the pipeline run.
        step_run: The step run.
        name: The output's name.
        step_output: Its record; None as long as the step has not completed.
    """

    def __init__(
        self,
        context: Workspace,
        pipeline_run_id: str,
        step_run: StepRun,
        name: str,
        step_output: OutputRecord | None,
    ) -> None:
        self.context = context
        self.pipeline_run_id = pipeline_run_id
        self.step_run = step_run
        self.name = name
        self.step_output = step_output

    def __repr__(self) -> str:
        place = (
            f"{self.step_output.datastore}/{self.step_output.path}" if self.step_output else "not written yet"
        )
        return f"StepRunOutput(Name: {self.name},\nPlace: {place})"

    def get_port_data_reference(self) -> PortDataReference:
        """Return where the output is.

        Raises:
            UserErrorException: the step has not started, so that there is no place yet.
        """
        from lazulite.sdk.data_reference import DataReference
        from lazulite.sdk.ports import PortDataReference as Reference

        datastore, path = self._place()
        place = DataReference(datastore, self.name, path)
        return Reference(self.context, self.pipeline_run_id, place, self.step_run)

    def _place(self) -> tuple[str, str]:
        if self.step_output is not None:
            return self.step_output.datastore, self.step_output.path
        record = self.step_run._fetch()  # noqa: SLF001 - the same module
        if record.status in (RunStatus.NOT_STARTED, RunStatus.QUEUED, RunStatus.BYPASSED):
            raise UserErrorException(
                f"Output {self.name!r} of step '{record.name}' has no place: the step is {record.status.graph_word}. "
                "Wait for it, with wait_for_completion()."
            )
        output = next(one for one in self.step_run._step().outputs if one.name == self.name)  # noqa: SLF001
        from lazulite.sdk.run_definition import filled

        return output.datastore, filled(output, record.id)
