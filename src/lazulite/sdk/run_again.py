"""What can be made of a pipeline run: another run of it, the rest of it, a published pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazulite.model.publishing import Publication
from lazulite.model.run import Rerun
from lazulite.sdk.exceptions import v1_errors
from lazulite.sdk.pipeline_errors import PipelineBuildError, value_errors
from lazulite.sdk.pipeline_submission import announce_run, user

if TYPE_CHECKING:
    from lazulite.sdk.pipeline_run import PipelineRun
    from lazulite.sdk.publishing.published_pipeline import PublishedPipeline
    from lazulite.sdk.workspace import Workspace


class RunAgain:
    """Members of `PipelineRun` that start from what it was submitted with."""

    id: str
    _service: Any
    _workspace: Workspace
    _workspace_id: str

    def rerun(
        self,
        pipeline_parameters: Mapping[str, Any] | None = None,
        *,
        regenerate_outputs: bool = False,
        resume: bool = False,
        from_step: Any = None,
        experiment_name: str | None = None,
        display_name: str | None = None,
    ) -> PipelineRun:
        """Run the same pipeline again, with the same code, values and tags, and return the new run. (Beyond v1.)

        The new run's property `lazulite.rerun_of` names this one.

        Args:
            pipeline_parameters: Values that are to be others. Text is converted to the parameter's type.
            regenerate_outputs: Run every step, whatever could be reused.
            resume: Take over every step that completed, whatever its reuse key says; see `resume`.
            from_step: Run this step and all that come after it, and take over the others: a StepRun, or the step's name
                (of several with one name: the node id).
            experiment_name: Another experiment.
            display_name: Another name for people.

        Raises:
            UserErrorException: a value cannot be used, there is no such step, or a run to take over from has not ended.

        Example:
            `run.rerun({"learning_rate": 0.2}).wait_for_completion()`
        """
        from lazulite.sdk.parameter import plain
        from lazulite.sdk.run_lookup import run_of

        if pipeline_parameters is not None and not isinstance(pipeline_parameters, Mapping):
            raise PipelineBuildError(
                f"pipeline_parameters is {pipeline_parameters!r}. Expected a dict of values by name."
            )
        how = Rerun(
            {name: plain(value) for name, value in (pipeline_parameters or {}).items()},
            resume=resume,
            regenerate_outputs=regenerate_outputs,
            from_node=getattr(from_step, "_node_id", from_step),
            experiment=experiment_name,
            display_name=display_name,
            submitted_by=user(),
        )
        with value_errors():
            record = self._service.rerun(self._workspace_id, self.id, how)
        run: Any = run_of(self._workspace, record)
        announce_run(run)
        made: PipelineRun = run
        return made

    def resume(self, pipeline_parameters: Mapping[str, Any] | None = None) -> PipelineRun:
        """Go on where this run failed or was canceled: a new run that takes over every step that completed. (Beyond v1.)

        A step is taken over whatever its reuse key says (`allow_reuse=False` too), if its outputs are as it left them, and
        if the steps that it takes data from were taken over or wrote the same again. After a fix in the code, submit
        the mended pipeline with `pipeline.submit(experiment_name, resume=run)`.

        Args:
            pipeline_parameters: Values that are to be others.

        Raises:
            UserErrorException: this run has not ended, or a value cannot be used.
        """
        return self.rerun(pipeline_parameters, resume=True)

    def publish_pipeline(
        self,
        name: str,
        description: str,
        version: str,
        continue_on_step_failure: bool | None = None,
        **kwargs: Any,
    ) -> PublishedPipeline:
        """Publish the pipeline of this run, with the code that it ran, and return what was published.

        Args:
            name: Its name; several may have one.
            description: What it is for.
            version: Its version, for people.
            continue_on_step_failure: As for `Pipeline.publish`; without it as this run was submitted.
            **kwargs: v1's own private ones, without effect.

        Raises:
            UserErrorException: the name cannot be used, or the code is no longer kept.
            TypeError: an unknown keyword.
        """
        from lazulite.sdk.publishing.published_pipeline import published
        from lazulite.sdk.run_arguments import refuse_unknown

        refuse_unknown("publish_pipeline", kwargs)
        with v1_errors():
            submission = self._service.get_submission(self._workspace_id, self.id)
        continues = continue_on_step_failure
        publication = Publication(
            submission.plan,
            name,
            description,
            version,
            submission.continue_on_step_failure if continues is None else continues,
            source_run_id=self.id,
            published_by=user(),
            interpreter=submission.interpreter,
        )
        return published(self._workspace, publication)
