from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.records.samples import NOON

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.errors import Conflict, NotFound
from lazulite.records.records import Records

DATASTORE, MODEL = AssetKind.DATASTORE, AssetKind.MODEL


def test_an_asset_comes_back_as_it_went_in(records: Records, ws: str) -> None:
    document = {"nested": {"list": (1, 2.5, None)}, "text": "ş"}
    asset = Asset(DATASTORE, "store", document, tags={"a": "b"}, properties={"c": "d"})
    put = records.put_asset(ws, asset, overwrite=False)
    assert put.id
    assert put.version == 1
    assert put.document == {"nested": {"list": [1, 2.5, None]}, "text": "ş"}
    assert records.asset(ws, DATASTORE, "store") == put


def test_the_newest_replaces_the_last_where_there_are_no_versions(records: Records, ws: str) -> None:
    first = records.put_asset(ws, Asset(DATASTORE, "store", {"n": 1}))
    with pytest.raises(Conflict, match="datastore 'store' exists already"):
        records.put_asset(ws, Asset(DATASTORE, "store", {"n": 2}), overwrite=False)
    assert records.asset(ws, DATASTORE, "store").document == {"n": 1}
    second = records.put_asset(ws, Asset(DATASTORE, "store", {"n": 2}))
    assert (second.id, second.created_at, second.version) == (first.id, first.created_at, 1)
    assert records.assets(ws, DATASTORE) == (second,)


def test_models_and_environments_keep_every_version(records: Records, ws: str) -> None:
    put = [records.put_asset(ws, Asset(MODEL, "m", {"n": n})) for n in range(3)]
    assert [asset.version for asset in put] == [1, 2, 3]
    assert len({asset.id for asset in put}) == 3
    assert records.asset(ws, MODEL, "m") == put[2]
    assert records.asset(ws, MODEL, "m", 1) == put[0]
    assert records.assets(ws, MODEL, "m") == tuple(put)
    assert records.assets(ws, MODEL) == (put[2],)
    with pytest.raises(Conflict):
        records.put_asset(ws, Asset(MODEL, "m", {}), overwrite=False)
    with pytest.raises(NotFound, match=r"no version 7 of the model 'm'\. Its versions are: 1, 2, 3"):
        records.asset(ws, MODEL, "m", 7)


def test_a_recorded_version_is_replaced_by_its_id(records: Records, ws: str) -> None:
    first, second = (records.put_asset(ws, Asset(MODEL, "m", {"n": n})) for n in range(2))
    tagged = records.put_asset(ws, replace(first, tags={"stage": "old"}))
    assert tagged.version == 1
    assert records.assets(ws, MODEL, "m") == (tagged, second)


def test_a_version_number_is_not_given_twice(records: Records, ws: str) -> None:
    records.put_asset(ws, Asset(MODEL, "m", {}))
    records.put_asset(ws, Asset(MODEL, "m", {}))
    records.remove_asset(ws, MODEL, "m", 2)
    assert records.put_asset(ws, Asset(MODEL, "m", {})).version == 3
    records.remove_asset(ws, MODEL, "m")
    assert records.assets(ws, MODEL, "m") == ()
    with pytest.raises(NotFound):
        records.remove_asset(ws, MODEL, "m")


def test_archived_ones_are_listed_only_if_asked_for(records: Records, ws: str) -> None:
    put = records.put_asset(ws, Asset(AssetKind.EXPERIMENT, "old", {}))
    records.put_asset(ws, Asset(AssetKind.EXPERIMENT, "new", {}))
    archived = records.put_asset(ws, replace(put, archived_at=NOON))
    assert archived.archived_at == NOON
    assert [asset.name for asset in records.assets(ws, AssetKind.EXPERIMENT)] == ["new"]
    listed = records.assets(ws, AssetKind.EXPERIMENT, archived=True)
    assert [asset.name for asset in listed] == ["new", "old"]
    assert records.asset(ws, AssetKind.EXPERIMENT, "old") == archived


def test_the_newest_version_that_is_not_archived_is_listed(records: Records, ws: str) -> None:
    first, second = (records.put_asset(ws, Asset(MODEL, "m", {"n": n})) for n in range(2))
    archived = records.put_asset(ws, replace(second, archived_at=NOON))
    assert records.assets(ws, MODEL) == (first,)
    assert records.assets(ws, MODEL, archived=True) == (archived,)


def test_a_missing_asset_is_named_with_what_exists(records: Records, ws: str) -> None:
    with pytest.raises(NotFound, match=r"workspace 'here' has no compute 'cpu'\. It has none"):
        records.asset(ws, AssetKind.COMPUTE, "cpu")
    records.put_asset(ws, Asset(AssetKind.COMPUTE, "cpu-cluster", {}))
    with pytest.raises(NotFound, match="Did you mean 'cpu-cluster'"):
        records.asset(ws, AssetKind.COMPUTE, "cpu-cluter")
    with pytest.raises(NotFound, match="It has: cpu-cluster"):
        records.asset(ws, AssetKind.COMPUTE, "xyz")


def test_an_unknown_workspace_takes_no_assets(records: Records) -> None:
    with pytest.raises(NotFound, match="no workspace with the id 'nowhere'"):
        records.put_asset("nowhere", Asset(DATASTORE, "store", {}))
