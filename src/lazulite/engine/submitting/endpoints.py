"""Changes to pipeline endpoints: what may follow from what. Whoever calls this holds the endpoint's record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from lazulite.graph.labels import listed
from lazulite.model import ids
from lazulite.model.assets import Asset
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import Conflict, InvalidRequest, NotFound
from lazulite.model.publishing import EndpointChange, EndpointVersion, PipelineEndpoint, PublishedStatus


def check(endpoint: PipelineEndpoint) -> None:
    """Check that an endpoint's versions are told apart and its default is one of them.

    Raises:
        InvalidRequest: they are not, or there are none.
        NotFound: it has no such version.
    """
    versions = [one.version for one in endpoint.versions]
    if not versions:
        raise InvalidRequest(f"The pipeline endpoint '{endpoint.name}' has no pipeline. Give it one.")
    if len(set(versions)) != len(versions) or not all(one.isdecimal() for one in versions):
        raise InvalidRequest(
            f"The versions of the pipeline endpoint '{endpoint.name}' are {listed(versions)}. Expected different numbers."
        )
    if endpoint.pipeline_of() is None:
        raise NotFound(
            f"The pipeline endpoint '{endpoint.name}' has no version '{endpoint.default_version}'. "
            f"It has: {listed(versions)}.",
            kind="version",
            name=endpoint.default_version,
        )


def changed(asset: Asset, change: EndpointChange) -> Asset:
    """Return the endpoint's asset as the change makes it.

    Raises:
        Conflict: the pipeline is one of its versions already, or the endpoint is archived.
        NotFound: it has no such version.
    """
    endpoint = from_data(PipelineEndpoint, asset.document)
    if asset.archived_at is not None and change.name is None:
        raise Conflict(
            f"The pipeline endpoint {endpoint.id} is archived. Give it a name with reactivate(name) to use it again.",
            kind=asset.kind.value,
            name=endpoint.name,
        )
    if change.add is not None:
        endpoint = _with_version(endpoint, change.add, as_default=change.as_default)
    name = ids.new_id() if change.archive else change.name or endpoint.name
    status = PublishedStatus.DISABLED if change.archive else change.status or endpoint.status
    endpoint = replace(
        endpoint,
        name=name,
        status=status,
        description=endpoint.description if change.description is None else change.description,
        default_version=endpoint.default_version
        if change.default_version is None
        else change.default_version,
    )
    check(endpoint)
    archived_at = datetime.now(timezone.utc) if change.archive else None
    return replace(asset, name=name, document=to_data(endpoint), archived_at=archived_at)


def _with_version(endpoint: PipelineEndpoint, pipeline_id: str, *, as_default: bool) -> PipelineEndpoint:
    for one in endpoint.versions:
        if one.pipeline_id == pipeline_id:
            raise Conflict(
                f"The pipeline {pipeline_id} is version '{one.version}' of the pipeline endpoint '{endpoint.name}' already.",
                name=endpoint.name,
                version=one.version,
            )
    version = str(max(int(one.version) for one in endpoint.versions) + 1)
    return replace(
        endpoint,
        versions=(*endpoint.versions, EndpointVersion(version, pipeline_id)),
        default_version=version if as_default else endpoint.default_version,
    )
