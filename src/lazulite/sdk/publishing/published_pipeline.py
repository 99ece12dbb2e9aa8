"""A pipeline that was published: frozen, with an address. v1: `azureml.pipeline.core.PublishedPipeline`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.publishing import Publication, PublishedStatus, StartRequest
from lazulite.model.publishing import PublishedPipeline as Record
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.pipeline_errors import PipelineBuildError, value_errors
from lazulite.sdk.publishing.published_pipeline_record import PublishedPipelineRecord

if TYPE_CHECKING:
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.pipeline_graph import Graph
    from lazulite.sdk.pipeline_run import PipelineRun
    from lazulite.sdk.workspace import Workspace

_Pipelines = list["PublishedPipeline"]  # `list` is a method of the class below


class PublishedPipeline(PublishedPipelineRecord):
    """A published pipeline. `Pipeline.publish` and `PublishedPipeline.get` return one; nobody needs the constructor.

    Args:
        name: Its name.
        graph_id: The digest of its plan.
        description: What it is for.
        version: Its version, for people.
        published_pipeline_id: Its id.
        status: Active, Deprecated or Disabled.
        endpoint: Its address; without it that of the workspace's service, asked for when it is needed.
        total_run_steps: How many steps it has.
        workspace: The workspace.
        continue_on_step_failure: What a run does when a step fails, if its caller does not say.
    """

    # --- what it is ---

    @property
    def endpoint(self) -> str:
        """The address to POST to; from this moment something answers there.

        Raises:
            UserErrorException: the local server is switched off, or cannot be started.
        """
        from lazulite.sdk.service_address import pipelines_address

        return self._endpoint or f"{pipelines_address(self.workspace)}/PipelineRuns/PipelineSubmit/{self.id}"

    def get_portal_url(self) -> str:
        """Return the address of its page in the portal; empty where there is none (`LAZULITE_SERVER=off`)."""
        from lazulite.sdk.portal import pipeline_url

        return pipeline_url(self._service, self._place, self.id)

    def get_graph(self, _workflow_provider: Any = None) -> Graph:
        """Return its graph, to look at."""
        from lazulite.sdk.pipeline_graph import graph_of_plan

        with v1_errors():
            plan = self._service.get_plan(self._place, self.graph_id)
        return graph_of_plan(self.workspace, plan, self.name)

    def get_step_names(self, _workflow_provider: Any = None) -> list[str]:
        """Return the names of its steps, in an order in which they can run."""
        return [*self._record.step_names]

    def save(self, path: str | None = None, _workflow_provider: Any = None) -> NoReturn:
        """Write it as YAML. Not in this version.

        Raises:
            UserErrorException: always.
        """
        raise UserErrorException("Pipelines as YAML come with a later version. `get_graph()` shows it.")

    # --- running it ---

    def submit(
        self,
        workspace: Workspace,
        experiment_name: str,
        pipeline_parameters: Mapping[str, Any] | None = None,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
        parent_run_id: str | None = None,
        continue_on_step_failure: bool | None = None,
    ) -> PipelineRun:
        """Start it, and return its run at once. `Experiment.submit(published_pipeline)` does the same.

        Args:
            workspace: Its workspace.
            experiment_name: The experiment; created if it is not there.
            pipeline_parameters: Values by name; text is converted to the parameter's type.
            parent_run_id: A run of the same experiment that this one belongs to.
            continue_on_step_failure: When a step fails, still run all that do not depend on it; without it as published.

        Raises:
            UserErrorException: it is disabled, or a value cannot be used (also a ValueError).
        """
        from lazulite.sdk.publishing.published_start import experiment_for

        return self._submit(
            experiment_for(workspace, experiment_name),
            pipeline_parameters=pipeline_parameters,
            parent_run_id=parent_run_id,
            continue_on_step_failure=continue_on_step_failure,
        )

    def _submit(
        self, experiment: Experiment, pipeline_parameters: Mapping[str, Any] | None = None, **more: Any
    ) -> PipelineRun:
        """Submit to an experiment: what `Experiment.submit` calls."""
        from lazulite.sdk.publishing.published_start import given_values, options, started

        refuse_other_workspace(experiment, self.workspace)
        values = given_values(self._record.parameters, pipeline_parameters)
        return started(
            experiment, StartRequest(experiment.name, self.id, parameters=values, **options(**more))
        )

    # --- changing what may change ---

    def enable(self) -> None:
        """Let it be called (again)."""
        self._set_status(PublishedStatus.ACTIVE)

    def disable(self) -> None:
        """Let nobody call it, until it is enabled."""
        self._set_status(PublishedStatus.DISABLED)

    def delete(self) -> None:
        """Delete it. Its runs stay. (Beyond v1.)

        Raises:
            UserErrorException: a pipeline endpoint leads to it (also a ValueError).
        """
        with value_errors():
            self._service.delete_asset(self._place, AssetKind.PUBLISHED_PIPELINE, self.id)

    def _set_status(self, status: PublishedStatus) -> None:
        with value_errors():
            asset = self._service.get_asset(self._place, AssetKind.PUBLISHED_PIPELINE, self.id)
            record = replace(from_data(Record, asset.document), status=status)
            self._service.put_asset(self._place, replace(asset, document=to_data(record)))
        self._record = record

    # --- finding ---

    @staticmethod
    def get(
        workspace: Workspace,
        id: str | None = None,  # noqa: A002 - v1's name
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
        *,
        name: str | None = None,
        version: str | None = None,
    ) -> PublishedPipeline:
        """Return a published pipeline, by its id or (beyond v1) by its name and version.

        Args:
            workspace: The workspace.
            id: Its id.
            name: Its name: the one that was published last, of those that are not disabled if there are such.
            version: With `name`: only of that version.

        Raises:
            UserErrorException: there is none (also a ValueError).
        """
        if (id is None) == (name is None):
            raise PipelineBuildError("Give the id of a published pipeline, or its name.")
        if id is not None:
            with value_errors():
                asset = workspace._service.get_asset(workspace._id, AssetKind.PUBLISHED_PIPELINE, id)  # noqa: SLF001
            return _of(workspace, asset)
        found = [one for one in _all(workspace) if one.name == name and version in (None, one.version)]
        if not found:
            known = sorted({one.name for one in _all(workspace)})
            raise PipelineBuildError(
                f"The workspace has no published pipeline named {name!r}"
                f"{'' if version is None else f' of version {version!r}'}. It has: {', '.join(known) or 'none'}."
            )
        return next((one for one in found if one.status != PublishedStatus.DISABLED.value), found[0])

    @staticmethod
    def list(workspace: Workspace, active_only: bool = True, _service_endpoint: Any = None) -> _Pipelines:
        """Return the published pipelines, the last published first; with `active_only` only those that are Active."""
        return [
            one for one in _all(workspace) if not active_only or one.status == PublishedStatus.ACTIVE.value
        ]

    @staticmethod
    def get_all(workspace: Workspace, active_only: bool = True, _service_endpoint: Any = None) -> _Pipelines:
        """Return `list(…)`, which v1 deprecated this for."""
        return PublishedPipeline.list(workspace, active_only)

    @property
    def _service(self) -> Any:
        return self.workspace._service  # noqa: SLF001 - the SDK's own seam

    @property
    def _place(self) -> str:
        return self.workspace._id  # noqa: SLF001


def published(
    workspace: Workspace, publication: Publication, *, supersede: bool = False
) -> PublishedPipeline:
    """Publish, and return what was published; with `supersede` its older namesakes become Deprecated.

    Raises:
        PipelineBuildError: the name cannot be used, or a step names something that is not there.
    """
    with value_errors():
        record = workspace._service.publish(workspace._id, publication)  # noqa: SLF001 - the SDK's own seam
    made = of_record(workspace, record)
    if supersede:
        for other in PublishedPipeline.list(workspace):
            if other.name == made.name and other.id != made.id:
                other._set_status(PublishedStatus.DEPRECATED)  # noqa: SLF001 - the same module
    return made


def of_record(workspace: Workspace, record: Record) -> PublishedPipeline:
    """Return the published pipeline of a record."""
    return PublishedPipeline(
        record.name,
        record.graph,
        record.description,
        record.version,
        record.id,
        record.status.value,
        None,
        len(record.step_names),
        workspace,
        record.continue_on_step_failure,
        _record=record,
    )


def refuse_other_workspace(experiment: Experiment, workspace: Workspace) -> None:
    """Make sure that an experiment is of the workspace.

    Raises:
        PipelineBuildError: it is not.
    """
    if experiment.workspace._id != workspace._id:  # noqa: SLF001 - the SDK's own seam
        raise PipelineBuildError(
            f"The experiment '{experiment.name}' is of workspace '{experiment.workspace.name}', the published pipeline of "
            f"workspace '{workspace.name}'. Use an experiment of its workspace."
        )


def _of(workspace: Workspace, asset: Asset) -> PublishedPipeline:
    return of_record(workspace, from_data(Record, asset.document))


def _all(workspace: Workspace) -> _Pipelines:
    """All of them, the last published first."""
    with v1_errors():
        assets = workspace._service.list_assets(workspace._id, AssetKind.PUBLISHED_PIPELINE)  # noqa: SLF001
    newest_first = sorted(assets, key=attrgetter("created_at"), reverse=True)
    return [_of(workspace, asset) for asset in newest_first]
