"""A stable address with versions of a pipeline behind it. v1: `azureml.pipeline.core.PipelineEndpoint`."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.assets import AssetKind
from lazulite.model.codec import from_data
from lazulite.model.publishing import EndpointChange, EndpointVersion, PublishedStatus, StartRequest
from lazulite.model.publishing import PipelineEndpoint as Record
from lazulite.sdk.exceptions import v1_errors
from lazulite.sdk.pipeline_errors import PipelineBuildError, value_errors
from lazulite.sdk.publishing.pipeline_endpoint_record import PipelineEndpointRecord
from lazulite.sdk.publishing.pipeline_endpoint_versions import PipelineVersion
from lazulite.sdk.publishing.published_pipeline import PublishedPipeline, refuse_other_workspace

if TYPE_CHECKING:
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.pipeline_run import PipelineRun
    from lazulite.sdk.workspace import Workspace

# `list` is a method of the class below
_Endpoints = list["PipelineEndpoint"]
_Pipelines = list[PublishedPipeline]
_Versions = list[PipelineVersion]


class PipelineEndpoint(PipelineEndpointRecord):
    """An endpoint: callers keep its address, its owner decides which published pipeline answers.

    `PipelineEndpoint.publish` and `.get` return one; nobody needs the constructor.

    Args:
        workspace: The workspace.
        id: Its id.
        name: Its name, unique in the workspace.
        description: What it is for.
        status: Active or Disabled.
        default_version: The version that answers when a caller names none.
        endpoint: Its address; without it that of the workspace's service, asked for when it is needed.
        pipeline_version_list: Its versions, as `PipelineIdVersion`.
    """

    #: What `Experiment.submit` takes for an endpoint besides what it takes for everything.
    _submit_keywords: ClassVar = ("pipeline_version",)

    # --- making and finding ---

    @staticmethod
    def publish(
        workspace: Workspace,
        name: str,
        description: str | None,
        pipeline: Any,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
    ) -> PipelineEndpoint:
        """Create an endpoint whose version "0", the default one, is `pipeline`.

        Args:
            workspace: The workspace.
            name: Its name.
            description: What it is for.
            pipeline: A PublishedPipeline, or a Pipeline, which is published as `<name>-<time>-Pipeline` first.

        Raises:
            UserErrorException: the name is taken or cannot be used (also a ValueError).
        """
        service: Any = workspace._service  # noqa: SLF001 - the SDK's own seam
        taken = [one.name for one in service.list_assets(workspace._id, AssetKind.PIPELINE_ENDPOINT)]  # noqa: SLF001
        if name in taken:  # before a pipeline is published for nothing
            raise PipelineBuildError(
                f"The workspace has a pipeline endpoint named {name!r} already. Choose another name, or add to it: "
                "PipelineEndpoint.get(workspace, name=…).add_default(pipeline)."
            )
        first = _published(pipeline, name)
        wanted = Record("", name, description, versions=(EndpointVersion("0", first.id),))
        with value_errors():
            record = service.create_endpoint(workspace._id, wanted)  # noqa: SLF001
        return of_record(workspace, record)

    @staticmethod
    def get(
        workspace: Workspace,
        id: str | None = None,  # noqa: A002 - v1's name
        name: str | None = None,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
    ) -> PipelineEndpoint:
        """Return an endpoint by its id or its name.

        Raises:
            UserErrorException: there is none, or neither or both were given (also a ValueError).
        """
        if (id is None) == (name is None):
            raise PipelineBuildError("Give the id of a pipeline endpoint, or its name.")
        with value_errors():
            record = workspace._service.get_endpoint(workspace._id, id or name or "")  # noqa: SLF001
        return of_record(workspace, record)

    @staticmethod
    def list(
        workspace: Workspace,
        active_only: bool = True,
        max_results: int = 100,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
    ) -> _Endpoints:
        """Return the endpoints, the one changed last first.

        Args:
            active_only: Only those that are Active.
            max_results: At most so many.
        """
        with v1_errors():
            assets = workspace._service.list_assets(  # noqa: SLF001
                workspace._id,  # noqa: SLF001
                AssetKind.PIPELINE_ENDPOINT,
                archived=not active_only,
            )
        records = [
            from_data(Record, asset.document)
            for asset in sorted(assets, key=attrgetter("updated_at"), reverse=True)
        ]
        shown = [one for one in records if not active_only or one.status is PublishedStatus.ACTIVE]
        return [of_record(workspace, record) for record in shown[:max_results]]

    @staticmethod
    def get_all(
        workspace: Workspace,
        active_only: bool = True,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
    ) -> _Endpoints:
        """Return all endpoints; v1 deprecated this in favour of `list`."""
        import sys

        return PipelineEndpoint.list(workspace, active_only, sys.maxsize)

    # --- its pipelines ---

    def get_default_version(self) -> str:
        """Return the version that answers when a caller names none, as it is now."""
        return self._refreshed().default_version

    def get_pipeline(self, version: str | None = None) -> PublishedPipeline:
        """Return the published pipeline of a version; without one, of the default version.

        Raises:
            UserErrorException: it has no such version (also a ValueError).
        """
        record = self._refreshed()
        found = record.pipeline_of(None if version is None else str(version))
        if found is None:
            raise PipelineBuildError(
                f"The pipeline endpoint '{record.name}' has no version {version!r}. It has: "
                f"{', '.join(one.version for one in record.versions)}."
            )
        return PublishedPipeline.get(self._workspace, found)

    def list_versions(self, _workflow_provider: Any = None, _service_endpoint: Any = None) -> _Versions:
        """Return its versions, each with `version` and `pipeline`."""
        return [
            PipelineVersion(one.version, PublishedPipeline.get(self._workspace, one.pipeline_id))
            for one in self._refreshed().versions
        ]

    def get_all_versions(self, _workflow_provider: Any = None, _service_endpoint: Any = None) -> _Versions:
        """Return `list_versions()`, in favour of which v1 deprecated this."""
        return self.list_versions()

    def list_pipelines(
        self, active_only: bool = True, _workflow_provider: Any = None, _service_endpoint: Any = None
    ) -> _Pipelines:
        """Return its published pipelines in the order of their versions; with `active_only` those that are Active."""
        pipelines = [one.pipeline for one in self.list_versions()]
        return [one for one in pipelines if not active_only or one.status == PublishedStatus.ACTIVE.value]

    def get_all_pipelines(
        self, active_only: bool = True, _workflow_provider: Any = None, _service_endpoint: Any = None
    ) -> _Pipelines:
        """Return `list_pipelines(…)`, in favour of which v1 deprecated this."""
        return self.list_pipelines(active_only)

    # --- changing it ---

    def add(self, pipeline: Any) -> None:
        """Add a published pipeline (or a Pipeline, which is published first) as the next version.

        Raises:
            UserErrorException: it is one of the versions already (also a ValueError).
        """
        self._change(EndpointChange(add=_published(pipeline, self.name).id))

    def add_default(self, pipeline: Any) -> None:
        """Add a published pipeline (or a Pipeline, which is published first) as the next version, and the default one.

        Raises:
            UserErrorException: it is one of the versions already (also a ValueError).
        """
        self._change(EndpointChange(add=_published(pipeline, self.name).id, as_default=True))

    def set_default(self, pipeline: PublishedPipeline) -> None:
        """Make the version of this published pipeline the default one.

        Raises:
            UserErrorException: it is none of the versions (also a ValueError).
        """
        record = self._refreshed()
        version = next((one.version for one in record.versions if one.pipeline_id == pipeline.id), None)
        if version is None:
            raise PipelineBuildError(
                f"The published pipeline {pipeline.id} is no version of the pipeline endpoint '{record.name}'. "
                "add_default(pipeline) adds it and makes it the default."
            )
        self.set_default_version(version)

    def set_default_version(self, version: str) -> None:
        """Make a version the default one.

        Raises:
            UserErrorException: it has no such version (also a ValueError).
        """
        self._change(EndpointChange(default_version=str(version)))

    def set_name(self, name: str) -> None:
        """Give it another name. Its address stays.

        Raises:
            UserErrorException: the name is taken or cannot be used (also a ValueError).
        """
        self._change(EndpointChange(name=name))

    def enable(self) -> None:
        """Let it be called (again)."""
        self._change(EndpointChange(status=PublishedStatus.ACTIVE))

    def disable(self) -> None:
        """Let nobody call it, until it is enabled."""
        self._change(EndpointChange(status=PublishedStatus.DISABLED))

    def archive(self) -> None:
        """Disable it and give its name free; `reactivate` brings it back."""
        self._change(EndpointChange(archive=True))

    def reactivate(self, name: str) -> None:
        """Bring an archived endpoint back under a name.

        Raises:
            UserErrorException: the name is taken or cannot be used (also a ValueError).
        """
        self._change(EndpointChange(name=name, status=PublishedStatus.ACTIVE))

    # --- running it ---

    def submit(
        self,
        experiment_name: str,
        pipeline_parameters: Mapping[str, Any] | None = None,
        parent_run_id: str | None = None,
        pipeline_version: str | None = None,
    ) -> PipelineRun:
        """Start a version, and return its run at once. `Experiment.submit(endpoint)` does the same.

        Args:
            experiment_name: The experiment; created if it is not there.
            pipeline_parameters: Values by name; text is converted to the parameter's type.
            parent_run_id: A run of the same experiment that this one belongs to.
            pipeline_version: The version; without it the default one.

        Raises:
            UserErrorException: the endpoint or the pipeline is disabled, or a value cannot be used (also a ValueError).
        """
        from lazulite.sdk.publishing.published_start import experiment_for

        return self._submit(
            experiment_for(self._workspace, experiment_name),
            pipeline_parameters=pipeline_parameters,
            parent_run_id=parent_run_id,
            pipeline_version=pipeline_version,
        )

    def _submit(
        self,
        experiment: Experiment,
        pipeline_parameters: Mapping[str, Any] | None = None,
        pipeline_version: str | None = None,
        **more: Any,
    ) -> PipelineRun:
        """Submit to an experiment: what `Experiment.submit` calls."""
        from lazulite.sdk.publishing.published_start import given_values, options, started

        refuse_other_workspace(experiment, self._workspace)
        version = None if pipeline_version is None else str(pipeline_version)
        declared = self.get_pipeline(version)._record.parameters  # noqa: SLF001 - our own class
        values = given_values(declared, pipeline_parameters)
        request = StartRequest(
            experiment.name, endpoint=self.id, version=version, parameters=values, **options(**more)
        )
        return started(experiment, request)

    def _change(self, change: EndpointChange) -> None:
        with value_errors():
            self._record = self._workspace._service.change_endpoint(  # noqa: SLF001
                self._workspace._id,  # noqa: SLF001
                self.id,
                change,
            )

    def _refreshed(self) -> Record:
        with value_errors():
            self._record = self._workspace._service.get_endpoint(self._workspace._id, self.id)  # noqa: SLF001
        return self._record


def of_record(workspace: Workspace, record: Record) -> PipelineEndpoint:
    """Return the endpoint of a record."""
    return PipelineEndpoint(
        workspace,
        record.id,
        record.name,
        record.description,
        record.status.value,
        record.default_version,
        None,
        record.versions,
    )


def _published(pipeline: Any, name: str) -> PublishedPipeline:
    """The published pipeline itself, or what becomes of a Pipeline."""
    from datetime import datetime

    from lazulite.sdk.pipeline import Pipeline

    if isinstance(pipeline, PublishedPipeline):
        return pipeline
    if not isinstance(pipeline, Pipeline):
        raise PipelineBuildError(f"pipeline is {pipeline!r}. Expected a Pipeline or a PublishedPipeline.")
    at = datetime.now().astimezone().strftime("%m-%d-%Y-%H-%M")
    return pipeline.publish(name=f"{name}-{at}-Pipeline")
