"""What is known of a pipeline endpoint: the properties of v1's `PipelineEndpoint`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.model.publishing import EndpointVersion, PublishedStatus
from lazulite.model.publishing import PipelineEndpoint as Record
from lazulite.sdk.publishing.pipeline_endpoint_versions import PipelineIdVersion

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


class PipelineEndpointRecord:
    """An endpoint as it was when it was last looked at. See `PipelineEndpoint` for the parameters."""

    def __init__(
        self,
        workspace: Workspace,
        id: str,  # noqa: A002 - v1's name
        name: str,
        description: str | None,
        status: str,
        default_version: str,
        endpoint: str | None,
        pipeline_version_list: Any,
        _pipeline_endpoint_provider: Any = None,
        _published_pipeline_provider: Any = None,
        _swaggerurl: str | None = None,
    ) -> None:
        self._workspace = workspace
        self._endpoint = endpoint
        self._swaggerurl = _swaggerurl
        versions = tuple(EndpointVersion(one.version, one.pipeline_id) for one in pipeline_version_list or ())
        self._record = Record(id, name, description, PublishedStatus(status), versions, default_version)

    # --- what it is ---

    @property
    def id(self) -> str:
        """Its id."""
        return self._record.id

    @property
    def name(self) -> str:
        """Its name, unique in the workspace."""
        return self._record.name

    @property
    def description(self) -> str | None:
        """What it is for."""
        return self._record.description

    @property
    def status(self) -> str:
        """Active or Disabled."""
        return self._record.status.value

    @property
    def default_version(self) -> str:
        """The version that answers when a caller names none."""
        return self._record.default_version

    @property
    def pipeline_version_list(self) -> list[PipelineIdVersion]:
        """Its versions with the ids of their pipelines."""
        return [PipelineIdVersion(one.version, one.pipeline_id) for one in self._record.versions]

    @property
    def endpoint(self) -> str:
        """The address to POST to; a version may be appended as `/<version>`. From this moment something answers there.

        Raises:
            UserErrorException: the local server is switched off, or cannot be started.
        """
        from lazulite.sdk.service_address import pipelines_address

        if self._endpoint:
            return self._endpoint
        return f"{pipelines_address(self._workspace)}/PipelineRuns/PipelineEndpointSubmit/Id/{self.id}"

    @property
    def swaggerurl(self) -> str | None:
        """v1: the address of its Swagger document. The service describes itself at `/openapi.json`."""
        return self._swaggerurl

    def get_portal_url(self) -> str:
        """Return the address of its page in the portal; empty where there is none. (Beyond v1.)"""
        from lazulite.sdk.portal import endpoint_url

        return endpoint_url(self._workspace._service, self._workspace._id, self.id)  # noqa: SLF001

    # --- for people ---

    def __str__(self) -> str:
        return f"PipelineEndpoint(Name: {self.name}, Id: {self.id}, Status: {self.status}, Default version: {self.default_version})"

    def __repr__(self) -> str:
        return str(self)
