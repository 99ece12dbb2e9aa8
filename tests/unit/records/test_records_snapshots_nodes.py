from __future__ import annotations

import pytest
from tests.unit.records.samples import NOON, at

from lazulite.model.assets import Node, NodeState
from lazulite.model.errors import NotFound
from lazulite.model.snapshot import Snapshot, SnapshotFile
from lazulite.records.records import Records

SNAPSHOT = Snapshot(
    (SnapshotFile("a.py", "d" * 64, 10), SnapshotFile("b/ç.sh", "e" * 64, 2**33, executable=True))
)


def test_a_snapshot_is_kept_once(records: Records, ws: str) -> None:
    records.add_snapshot(ws, SNAPSHOT)
    records.add_snapshot(ws, SNAPSHOT)
    assert records.snapshot(ws, SNAPSHOT.id) == SNAPSHOT
    with pytest.raises(NotFound, match="workspace 'here' has no snapshot 'x'"):
        records.snapshot(ws, "x")
    with pytest.raises(NotFound):
        records.add_snapshot("nowhere", SNAPSHOT)


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
