"""Changes to endpoints, one after the other."""

from __future__ import annotations

import pytest

from lazulite.engine.submitting.endpoints import changed, check
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import Conflict, InvalidRequest, NotFound
from lazulite.model.publishing import EndpointChange, EndpointVersion, PipelineEndpoint, PublishedStatus


@pytest.fixture
def asset() -> Asset:
    endpoint = PipelineEndpoint("id", "name", "what for", versions=(EndpointVersion("0", "first"),))
    return Asset(AssetKind.PIPELINE_ENDPOINT, "name", to_data(endpoint), id="id")


def after(asset: Asset, *changes: EndpointChange) -> PipelineEndpoint:
    for change in changes:
        asset = changed(asset, change)
    return from_data(PipelineEndpoint, asset.document)


def test_the_next_version_is_one_more_than_the_highest(asset: Asset) -> None:
    endpoint = after(asset, *(EndpointChange(add=str(number)) for number in range(11)))
    assert [one.version for one in endpoint.versions] == [str(number) for number in range(12)]
    assert endpoint.default_version == "0"


def test_what_is_not_given_stays(asset: Asset) -> None:
    assert after(asset, EndpointChange()) == from_data(PipelineEndpoint, asset.document)
    changed_all = EndpointChange(
        add="second", as_default=True, name="other", description="", status=PublishedStatus.DISABLED
    )
    endpoint = after(asset, changed_all)
    assert (endpoint.name, endpoint.description, endpoint.status) == ("other", "", PublishedStatus.DISABLED)
    assert (endpoint.id, endpoint.default_version) == ("id", "1")


def test_the_asset_goes_with_it(asset: Asset) -> None:
    archived = changed(asset, EndpointChange(archive=True))
    assert archived.archived_at is not None
    assert archived.name == archived.document["name"] != "name"
    for refused in (EndpointChange(add="second"), EndpointChange(status=PublishedStatus.ACTIVE)):
        with pytest.raises(Conflict, match="archived"):
            changed(archived, refused)
    back = changed(archived, EndpointChange(name="again", status=PublishedStatus.ACTIVE))
    assert (back.name, back.archived_at) == ("again", None)


def test_impossible_endpoints_are_refused() -> None:
    one = EndpointVersion("0", "first")
    for versions in ((), (one, one), (EndpointVersion("x", "first"),)):
        with pytest.raises(InvalidRequest):
            check(PipelineEndpoint("id", "name", versions=versions))
    with pytest.raises(NotFound):
        check(PipelineEndpoint("id", "name", versions=(one,), default_version="1"))
