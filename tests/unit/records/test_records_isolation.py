"""Every method that takes a workspace, asked with the id of another one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.records.samples import NOON, add_pipeline, output, run, status

from lazulite.model.assets import Asset, AssetKind, Node, NodeState
from lazulite.model.errors import NotFound
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import Run, RunPatch, RunQuery, RunStatus
from lazulite.records.records import Records


@pytest.fixture
def step(records: Records, ws: str) -> Run:
    """A step run of `ws` with everything that can be recorded about one."""
    pipeline, (added,) = add_pipeline(records, ws, "train", tags={"color": "red"})
    decision = ReuseDecision("run", "first-run")
    done = status(added, RunStatus.COMPLETED, outputs=(output("o"),), decision=decision, reusable_key="key")
    records.record(pipeline.id, [done])
    records.put_asset(ws, Asset(AssetKind.COMPUTE, "cpu", {}), overwrite=True)
    records.replace_nodes(ws, "cpu", [Node("n", "cpu", NodeState.IDLE, NOON)])
    return records.run(ws, added.id)


SINGLE: dict[str, Callable[[Records, str, Run], object]] = {
    "run": lambda records, ws, step: records.run(ws, step.id),
    "require_run": lambda records, ws, step: records.require_run(ws, step.id),
    "patch_run": lambda records, ws, step: records.patch_run(ws, step.id, RunPatch(set_tags={"a": "b"})),
    "submission": lambda records, ws, step: records.submission(ws, step.parent_id or ""),
    "request_cancel": lambda records, ws, step: records.request_cancel(ws, step.parent_id or ""),
    "decision": lambda records, ws, step: records.decision(ws, step.id),
    "outputs": lambda records, ws, step: records.outputs(ws, step.id),
    "asset": lambda records, ws, step: records.asset(ws, AssetKind.COMPUTE, "cpu"),
    "remove_asset": lambda records, ws, step: records.remove_asset(ws, AssetKind.COMPUTE, "cpu"),
    "add_run": lambda records, ws, step: records.add_run(run(ws, parent_id=step.id)),
}
LISTS: dict[str, Callable[[Records, str, Run], tuple[object, ...]]] = {
    "runs": lambda records, ws, step: records.runs(ws, RunQuery()),
    "runs by parent": lambda records, ws, step: records.runs(ws, RunQuery(parent_id=step.parent_id)),
    "runs by root": lambda records, ws, step: records.runs(ws, RunQuery(root_id=step.root_id)),
    "runs by tag": lambda records, ws, step: records.runs(ws, RunQuery(tags={"color": "red"})),
    "assets": lambda records, ws, step: records.assets(ws, AssetKind.COMPUTE, archived=True),
    "nodes": lambda records, ws, step: records.nodes(ws, "cpu"),
    "reuse_candidates": lambda records, ws, step: tuple(records.reuse_candidates(ws, ["key"])),
    "earlier_runs": lambda records, ws, step: tuple(records.earlier_runs(ws, ["train"])),
}


@pytest.mark.parametrize("name", SINGLE)
def test_a_single_thing_of_another_workspace_is_not_found(
    records: Records, ws: str, other: str, step: Run, name: str
) -> None:
    with pytest.raises(NotFound):
        SINGLE[name](records, other, step)
    SINGLE[name](records, ws, step)  # and is there in its own


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_another_workspace_is_empty(
    records: Records, ws: str, other: str, step: Run, name: str
) -> None:
    assert LISTS[name](records, other, step) == ()
    assert LISTS[name](records, ws, step) != ()


def test_what_one_workspace_replaces_stays_in_the_other(
    records: Records, ws: str, other: str, step: Run
) -> None:
    records.put_asset(other, Asset(AssetKind.COMPUTE, "cpu", {"size": 2}), overwrite=False)
    records.replace_nodes(other, "cpu", [])
    assert records.asset(ws, AssetKind.COMPUTE, "cpu").document == {}
    assert len(records.nodes(ws, "cpu")) == 1
    assert records.add_run(run(other)).number == 1
