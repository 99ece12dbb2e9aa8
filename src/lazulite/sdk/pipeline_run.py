"""A pipeline run, as v1's `azureml.pipeline.core.PipelineRun`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from lazulite.model.publishing import PIPELINE_ID
from lazulite.model.run import RunKind, RunQuery
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.input_datasets import UnknownName
from lazulite.sdk.run import Run
from lazulite.sdk.run_again import RunAgain

if TYPE_CHECKING:
    from lazulite.sdk.artifacts import RunFiles
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.pipeline_graph import Graph
    from lazulite.sdk.ports import PortDataReference
    from lazulite.sdk.reuse_explanation import ReuseExplanation
    from lazulite.sdk.step_run import StepRun
    from lazulite.sdk.workspace import Workspace

#: v1's graph words for a run that has not ended (`azureml.pipeline.core.run.RUNNING_STATES`).
RUNNING_STATES = ["NotStarted", "Running", "Queued", "Unknown"]


class PipelineRun(RunAgain, Run):
    """A run of a pipeline. v1: `azureml.pipeline.core.PipelineRun`.

    All its step runs exist from the moment of submission.

    Args:
        experiment: The experiment it belongs to.
        run_id: Its id.

    Raises:
        UserErrorException: the experiment has no such run, or it is not a pipeline run.

    Example:
        ```
        run = experiment.submit(pipeline)
        run.wait_for_completion()
        run.find_step_run("train")[0].get_metrics()
        ```
    """

    def __init__(
        self, experiment: Experiment, run_id: str, _service_endpoint: Any = None, **kwags: Any
    ) -> None:
        super().__init__(experiment, run_id, **kwags)
        if self._known is not None and self._known.kind is not RunKind.PIPELINE:
            raise UserErrorException(
                f"Run {run_id} is not a pipeline run but of type {self._known.kind.value}. "
                "Run.get(workspace, run_id) returns any run as the class it is."
            )

    def _files(self) -> RunFiles:
        """The run's own files. A pipeline run reuses no other as a whole, so their place never changes."""
        from lazulite.sdk.artifacts import files_of

        return files_of(self._service, self._workspace_id, self._facts())

    # --- status ---

    def get_status(self) -> str:
        """Return where the run stands in v1's pipeline words: NotStarted, Running, Failed, Finished, Canceled.

        `status` uses v1's other words (Completed for Finished). `is_finished` needs neither.
        """
        return self._fetch().status.graph_word

    def get_tags(self) -> dict[str, str]:
        """Return the run's tags."""
        return self.tags

    def wait_for_completion(  # type: ignore[override]  # v1 gave this class other parameters and another result
        self, show_output: bool = True, timeout_seconds: float = sys.maxsize, raise_on_error: bool = True
    ) -> str:
        """Wait until the run has ended; return `get_status()`.

        Args:
            show_output: Print each status change, each step's log as it grows, why a step failed, and a summary.
            timeout_seconds: Stop waiting after so long: prints that, and returns. The run goes on.
            raise_on_error: Raise if it failed.

        Raises:
            ActivityFailedException: it failed. `message` is the JSON of the error, with that of the failed steps.
            ExperimentExecutionException: interrupted from the keyboard. The run goes on.
        """
        from lazulite.sdk.portal import link_line
        from lazulite.sdk.run_details import error_of, failure
        from lazulite.sdk.watching import checked_timeout, follow, interruptible

        timeout = checked_timeout(timeout_seconds)
        if show_output:
            print(f"PipelineRunId: {self.id}\n{link_line(self.get_portal_url())}", flush=True)
        with interruptible(self.id):
            record = follow(
                self._service, self._workspace_id, self.id, sys.stdout if show_output else None, timeout
            )
        if not record.status.is_terminal:
            print(
                f"Stopped waiting after {timeout_seconds} seconds. Run {self.id} goes on; it is {record.status.value}.",
                flush=True,
            )
            return record.status.graph_word
        error = error_of(self._service, self._workspace_id, record)
        if raise_on_error and error is not None:
            raise failure(error)
        return record.status.graph_word

    # --- steps ---

    def get_steps(self) -> Iterator[StepRun]:
        """Yield the step runs: all of them, the last step of the pipeline first."""
        from lazulite.sdk.run_lookup import run_of
        from lazulite.sdk.watching import steps_in_order

        for record in reversed(steps_in_order(self._service, self._workspace_id, self.id)):
            yield run_of(self._workspace, record, self._experiment)  # type: ignore[misc]  # of a step it is a StepRun

    def get_children(
        self,
        recursive: bool = False,
        tags: Any = None,
        properties: Any = None,
        type: str | None = None,  # noqa: A002 - v1's name
        status: str | None = None,
        _rehydrate_runs: bool = True,
    ) -> Iterator[Run]:
        """Yield the step runs, the last step of the pipeline first; with filters, those that match (see `Run`)."""
        if recursive or any(given is not None for given in (tags, properties, type, status)):
            yield from super().get_children(recursive, tags, properties, type, status)
            return
        yield from self.get_steps()
        for child in super().get_children():
            if child.type != RunKind.STEP.value:
                yield child

    def find_step_run(self, name: str) -> list[StepRun]:
        """Return the runs of the steps with that name; an empty list if there is none."""
        return [step for step in self.get_steps() if step.name == name]

    def explain(self) -> ReuseExplanation:
        """Return, for each step, whether it was reused or why it ran, as text to print. (Beyond v1.)"""
        from lazulite.sdk.reuse_explanation import ReuseExplanation, explained
        from lazulite.sdk.watching import steps_in_order

        service, workspace = self._service, self._workspace_id
        steps = steps_in_order(service, workspace, self.id)
        return ReuseExplanation("\n".join(explained(service, workspace, step) for step in steps), None)

    # --- results ---

    def get_pipeline_output(self, pipeline_output_name: str) -> PortDataReference:
        """Return the output that a step declared with `pipeline_output_name`.

        Raises:
            UserErrorException: no step declared one of that name (also a KeyError), or it has not been written.
        """
        from lazulite.model.plan import Step

        with v1_errors():
            plan = self._service.get_submission(self._workspace_id, self.id).plan
        named: dict[str, tuple[Step, str]] = {
            output.pipeline_output_name: (step, output.name)
            for step in plan.steps
            for output in step.outputs
            if output.pipeline_output_name
        }
        if pipeline_output_name not in named:
            raise UnknownName(
                f"The pipeline has no output named {pipeline_output_name!r}. It has: {', '.join(named) or 'none'}. "
                "PipelineData(…, pipeline_output_name=…) names one."
            )
        step, output_name = named[pipeline_output_name]
        step_run = next(run for run in self.get_steps() if run._node_id == step.node)  # noqa: SLF001 - our own class
        return step_run.get_output_data(output_name)

    def get_graph(self) -> Graph:
        """Return the run's graph: what was submitted, with the values its parameters had."""
        from lazulite.sdk.pipeline_graph import graph_of

        with v1_errors():
            submission = self._service.get_submission(self._workspace_id, self.id)
        return graph_of(self._workspace, submission)

    # --- looking up ---

    @staticmethod
    def get(workspace: Workspace, run_id: str, _service_endpoint: Any = None) -> PipelineRun:
        """Return the pipeline run with that id.

        Raises:
            UserErrorException: the workspace has no such run, or it is not a pipeline run.
        """
        run = Run.get(workspace, run_id)
        if not isinstance(run, PipelineRun):
            raise UserErrorException(
                f"Run {run_id} is not a pipeline run but of type {run.type}. Use Run.get(workspace, run_id)."
            )
        return run

    @staticmethod
    def get_pipeline_runs(
        workspace: Workspace, pipeline_id: str, _service_endpoint: Any = None
    ) -> list[PipelineRun]:
        """Return the runs of a published pipeline, newest first."""
        from lazulite.sdk.run_lookup import run_of
        from lazulite.sdk.run_queries import pages

        query = RunQuery(kind=RunKind.PIPELINE, properties={PIPELINE_ID: pipeline_id})
        records = pages(workspace._service, workspace._id, query)  # noqa: SLF001 - the SDK's own seam
        return [
            run for run in (run_of(workspace, record) for record in records) if isinstance(run, PipelineRun)
        ]

    # --- what v1 refuses, and what comes later ---

    def complete(self) -> NoReturn:  # type: ignore[override]  # v1 refuses it
        """Refused, as in v1: a pipeline run completes when its steps have.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            "A pipeline run completes when its steps have; it cannot be completed by hand."
        )

    def fail(self) -> NoReturn:  # type: ignore[override]  # v1 refuses it
        """Refused, as in v1.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("A pipeline run fails when a step fails; cancel() ends it.")

    def child_run(self, name: str | None = None, run_id: str | None = None, outputs: Any = None) -> NoReturn:
        """Refused, as in v1.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            "The children of a pipeline run are its steps; start children from a step's script."
        )

    def save(self, path: str | None = None) -> NoReturn:
        """Write the pipeline of this run as YAML. Not in this version.

        Raises:
            UserErrorException: always.
        """
        raise UserErrorException(
            "Pipelines as YAML come with a later version. `get_graph()` shows the run's graph."
        )
