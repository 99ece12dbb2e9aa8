from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.records.samples import NOON, add_pipeline, metric, output, run, status

from lazulite.model.assets import Asset, AssetKind, Node, NodeState, Workspace
from lazulite.model.errors import Conflict, NotFound
from lazulite.model.run import RunQuery, RunStatus
from lazulite.records.records import Records


def test_a_workspace_comes_back_as_it_went_in(records: Records) -> None:
    added = records.add_workspace(
        Workspace("", "w", "s", "g", tags={"a": "b"}, settings={"reuse.scope": "script"}, friendly_name="Ä")
    )
    assert added.id
    assert added.created_at is not None
    assert added.created_at.tzinfo is not None
    assert records.workspace(added.id) == added


def test_the_same_name_in_the_same_group_is_refused(records: Records) -> None:
    first = records.add_workspace(Workspace("", "w", "s", "g"))
    with pytest.raises(Conflict, match="'w' exists already in subscription 's', resource group 'g'"):
        records.add_workspace(Workspace("", "w", "s", "g"))
    elsewhere = records.add_workspace(Workspace("", "w", "s", "other"))
    assert records.workspaces() == (first, elsewhere)
    assert records.workspaces(name="w", resource_group="other") == (elsewhere,)
    assert records.workspaces(subscription_id="none") == ()


def test_a_workspace_is_replaced_but_keeps_its_birthday(records: Records, ws: str, other: str) -> None:
    before = records.workspace(ws)
    changed = records.replace_workspace(replace(before, description="new", created_at=NOON))
    assert changed == replace(before, description="new")
    assert records.workspace(ws) == changed
    with pytest.raises(Conflict):
        records.replace_workspace(replace(before, name="elsewhere"))
    with pytest.raises(NotFound):
        records.replace_workspace(replace(before, id="unknown"))


def test_an_unknown_id_is_named_with_the_nearest(records: Records, ws: str) -> None:
    with pytest.raises(NotFound, match=f"Did you mean '{ws}'"):
        records.workspace(ws[:-2])


def test_removing_a_workspace_removes_all_below_it_and_nothing_else(
    records: Records, ws: str, other: str
) -> None:
    for one in (ws, other):
        pipeline, (step,) = add_pipeline(records, one, "a", tags={"x": "y"})
        records.record(
            pipeline.id, [status(step, RunStatus.COMPLETED, outputs=(output("o"),), reusable_key="k")]
        )
        records.add_metrics(step.id, [metric("m")])
        records.put_asset(one, Asset(AssetKind.MODEL, "m", {}), overwrite=True)
        records.replace_nodes(one, "cpu", [Node("n", "cpu", NodeState.IDLE, NOON)])
    with pytest.raises(Conflict, match="'here' has 1 active run"):
        records.remove_workspace(ws)
    records.remove_workspace(ws, even_if_active=True)
    with pytest.raises(NotFound):
        records.workspace(ws)
    assert [workspace.id for workspace in records.workspaces()] == [other]
    assert [active.workspace for active in records.active_pipeline_runs()] == [other]
    assert len(records.all_nodes()) == 1
    assert len(records.runs(other, RunQuery())) == 2
    assert len(records.reuse_candidates(other, ["k"])) == 1
    with pytest.raises(NotFound):
        records.remove_workspace(ws)
    with pytest.raises(NotFound):
        records.add_run(run(ws))


def test_a_workspace_appears_with_its_first_assets_or_not_at_all(records: Records) -> None:
    contents = [Asset(AssetKind.DATASTORE, "store", {}), Asset(AssetKind.COMPUTE, "local", {})]
    made = records.add_workspace(Workspace("", "complete", "sub", "group"), contents)
    assert records.asset(made.id, AssetKind.DATASTORE, "store").document == {}
    with pytest.raises(Conflict):
        records.add_workspace(Workspace("", "half", "sub", "group"), [*contents, contents[0]])
    assert records.workspaces(name="half") == ()
