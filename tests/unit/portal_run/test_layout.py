from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest

from lazulite.server.portal.run import layers, layout


@pytest.fixture(params=["library", "own"], autouse=True)
def where_from(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "own":
        monkeypatch.setattr(layout, "_placed", lambda edges: layers.placed(edges, 72.0))
    else:
        pytest.importorskip("fast_sugiyama")


def wild(count: int, seed: int) -> list[tuple[int, int]]:
    chance = random.Random(seed)
    return sorted(
        {
            (max(0, i - chance.randint(1, 20)), i)
            for i in range(1, count)
            for _ in range(chance.choice([1, 1, 2, 3]))
        }
    )


@pytest.mark.parametrize("seed", range(5))
def test_every_node_has_a_place_of_its_own_below_those_before_it(seed: int) -> None:
    edges = wild(80, seed)
    found = layout.arranged(80, edges, across=200, down=100)
    assert set(found.places) == set(range(80))
    rows: dict[float, list[float]] = {}
    for x, y in found.places.values():
        assert x + 1e-6 >= 100
        assert x <= found.width - 100 + 1e-6
        assert 50 <= y <= found.height - 50 + 1e-6
        rows.setdefault(round(y, 3), []).append(x)
    for xs in rows.values():
        xs.sort()
        assert all(b - a >= 199 for a, b in pairwise(xs)), "two nodes overlap"
    for source, target in edges:
        assert found.places[source][1] < found.places[target][1]


def test_a_long_edge_passes_the_layers_between_beside_their_nodes() -> None:
    found = layout.arranged(4, [(0, 1), (1, 2), (2, 3), (0, 3)], across=200, down=100)
    via = found.bends[0, 3]
    assert [round(y) for _, y in via] == [150, 250]
    for (x, _), node in zip(via, (1, 2), strict=True):
        assert abs(x - found.places[node][0]) > 50
    assert set(found.bends) == {(0, 3)}


def test_parts_without_connection_stand_beside_each_other_then_below() -> None:
    found = layout.arranged(6, [(4, 5)], across=200, down=100, widest=600)
    assert [found.places[node] for node in (0, 1, 2, 3)] == [(100, 50), (300, 50), (500, 50), (100, 150)]
    assert found.places[4][0] == 300
    assert (found.width, found.height) == (600, 300)


def test_nothing_is_an_empty_picture() -> None:
    assert layout.arranged(0, [], 200, 100) == layout.Layout()


@pytest.mark.parametrize(
    "edges",
    [
        wild(500, 0),
        [(0, i) for i in range(1, 499)] + [(i, 499) for i in range(1, 499)],
        [(i, i + 1) for i in range(499)],
        [(i * 25 + a, i * 25 + 25 + b) for i in range(19) for a in range(25) for b in range(25)],
    ],
    ids=["wild", "fan", "chain", "dense"],
)
def test_500_steps_are_arranged_within_a_second(edges: list[tuple[int, int]]) -> None:
    began = time.process_time()
    layout.arranged(500, edges, 200, 100)
    assert time.process_time() - began < 1
