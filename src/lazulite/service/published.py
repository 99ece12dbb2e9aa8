"""What may happen to the record of a published pipeline: next to nothing, because it is frozen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lazulite.model.assets import Asset
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import Conflict, InvalidRequest
from lazulite.model.publishing import PipelineEndpoint, PublishedPipeline


def kept(wanted: Asset, recorded: Asset) -> Asset:
    """Return the record of a published pipeline as its owner wants it.

    Raises:
        InvalidRequest: more than its status, name, description, version, tags and properties is another.
    """
    now = from_data(PublishedPipeline, wanted.document)
    before = from_data(PublishedPipeline, recorded.document)
    allowed = replace(
        before, name=now.name, description=now.description, version=now.version, status=now.status
    )
    if now != allowed or not now.name.strip():
        raise InvalidRequest(
            f"The published pipeline '{before.name}' ({before.id}) is frozen: only its status, name, description and "
            "version can change. Publish it again instead."
        )
    return replace(
        recorded,
        document=to_data(now),
        tags=wanted.tags,
        properties=wanted.properties,
        archived_at=wanted.archived_at,
    )


def refuse_if_used(pipeline_id: str, endpoints: Iterable[Asset]) -> None:
    """Make sure that no endpoint leads to a published pipeline that is to be deleted.

    Raises:
        Conflict: one does.
    """
    for asset in endpoints:
        endpoint = from_data(PipelineEndpoint, asset.document)
        for one in endpoint.versions:
            if one.pipeline_id == pipeline_id:
                raise Conflict(
                    f"The published pipeline {pipeline_id} is version '{one.version}' of the pipeline endpoint "
                    f"'{endpoint.name}'. Delete that first, or disable the pipeline instead.",
                    name=endpoint.name,
                )
