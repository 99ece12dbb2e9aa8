"""The graphs that every tool is given, and that the tools' files say the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.graphs import Graph, chain, fan_out, layers
from benchmarks.peers import ALL, Layout, Peer
from benchmarks.peers.peer import STEP_SCRIPT


def test_a_chain_is_one_after_the_other() -> None:
    graph = chain(3)
    names = [step.name for step in graph.steps]
    assert [step.inputs for step in graph.steps] == [(), (names[0],), (names[1],)]
    assert [step.name for step in graph.ends] == names[2:]


def test_a_join_reads_all() -> None:
    graph = fan_out(4, join=True)
    assert graph.steps[-1].inputs == tuple(step.name for step in graph.steps[:4])
    assert len(graph.ends) == 1
    assert len(fan_out(4).ends) == 4


def test_layers_are_chains_side_by_side() -> None:
    graph = layers(3, 2)
    assert len(graph.steps) == len({step.name for step in graph.steps}) == 6
    assert [len(level) for level in graph.levels] == [2, 2, 2]
    assert len(graph.ends) == 2


def test_a_graph_comes_back_from_its_file(tmp_path: Path) -> None:
    graph = fan_out(3, join=True)
    graph.write(tmp_path / "graph.json")
    assert Graph.read(tmp_path / "graph.json") == graph


def test_the_step_adds_up_what_it_reads_from_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("3")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "value.txt").write_text("4")
    command = [sys.executable, str(STEP_SCRIPT), "5", "out", "one", "two"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "total 12\n"
    assert (tmp_path / "out").read_text() == "12"


@pytest.mark.parametrize("peer", ALL, ids=lambda peer: peer.key)
def test_every_tool_writes_its_files_and_names_its_idiom(peer: Peer, tmp_path: Path) -> None:
    layout = Layout(tmp_path, fan_out(3, join=True), sys.executable)
    peer.write(layout)
    assert list(tmp_path.iterdir())
    assert peer.command(layout)
    assert peer.idiom
    assert bool(peer.requirement) or bool(peer.program)
