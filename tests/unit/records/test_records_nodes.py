from __future__ import annotations

from tests.unit.records.samples import NOON, at

from lazulite.model.assets import Node, NodeState
from lazulite.records.records import Records


def test_nodes_are_replaced_for_one_compute_target(records: Records, ws: str) -> None:
    first = Node("2", "cpu", NodeState.IDLE, NOON, pid=12)
    second = Node("1", "cpu", NodeState.RUNNING, at(1), job="j", run_id="r")
    gpu = Node("1", "gpu", NodeState.IDLE, NOON)
    records.replace_nodes(ws, "cpu", [first, second])
    records.replace_nodes(ws, "gpu", [gpu])
    assert records.nodes(ws, "cpu") == (first, second)
    assert records.all_nodes() == (first, second, gpu)
    records.replace_nodes(ws, "cpu", [])
    assert records.nodes(ws, "cpu") == ()
    assert records.all_nodes() == (gpu,)
