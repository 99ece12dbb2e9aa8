"""Which nodes are used, started and stopped: what holds for every situation, and single ones."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.compute.processes.schedule import Bounds, Decision, Seen, decide
from lazulite.model.assets import NodeState

IDLE, RUNNING, PREPARING, LEAVING = (
    NodeState.IDLE,
    NodeState.RUNNING,
    NodeState.PREPARING,
    NodeState.LEAVING,
)
interpreters = st.sampled_from(["a", "b"])
situations = st.tuples(
    st.lists(
        st.tuples(interpreters, st.sampled_from([IDLE, RUNNING, PREPARING, LEAVING]), st.floats(0, 100)),
        max_size=6,
    ),
    st.lists(interpreters, max_size=8),
    st.integers(0, 4),
    st.integers(0, 5),
)


def seen(nodes: list[tuple[str, NodeState, float]]) -> list[Seen]:
    return [Seen(f"n{number}", *node) for number, node in enumerate(nodes)]


def now(nodes: list[Seen], waiting: list[str], least: int, most: int, idle: float = 50.0) -> Decision:
    return decide(nodes, waiting, Bounds(least, most, idle), 100.0, "a")


@settings(deadline=None)
@given(situations)
def test_what_always_holds(
    situation: tuple[list[tuple[str, NodeState, float]], list[str], int, int],
) -> None:
    given_nodes, waiting, least, most = situation
    nodes = seen(given_nodes)
    decision = now(nodes, waiting, least, most)
    by_id = {node.id: node for node in nodes}
    used = [node for _, node in decision.use]
    assert all(by_id[node].state is IDLE for node in (*used, *decision.stop))
    assert len({*used, *decision.stop}) == len(used) + len(decision.stop)  # none twice, none for both
    assert all(by_id[node].interpreter == waiting[position] for position, node in decision.use)
    positions = [position for position, _ in decision.use]
    assert positions == sorted(set(positions))
    busy = sum(node.state is RUNNING for node in nodes)
    assert not used or busy + len(used) <= most
    assert not decision.start or len(nodes) + len(decision.start) <= most


@settings(deadline=None)
@given(situations)
def test_what_waits_is_never_forgotten(
    situation: tuple[list[tuple[str, NodeState, float]], list[str], int, int],
) -> None:
    """Where jobs wait, something is done or under way that decides again: no target stands still."""
    given_nodes, waiting, least, most = situation
    nodes = seen(given_nodes)
    decision = now(nodes, waiting, least, most)
    is_under_way = any(node.state is not IDLE for node in nodes)
    if waiting and most:
        assert decision.use or decision.start or decision.stop or is_under_way


def step_by_step(nodes: list[Seen], waiting: list[str], most: int) -> Decision:
    """What becomes of the jobs that wait, job by job and node by node."""
    decision = Decision()
    unused = [node for node in nodes if node.state is not RUNNING]
    count = len(nodes)
    for position, wanted in enumerate(waiting):
        served = sum(node.state is RUNNING for node in nodes) + position
        if served >= most:
            break
        fitting = [node for node in unused if node.interpreter == wanted]
        ready = [node for node in fitting if node.state is IDLE]
        coming = [node for node in fitting if node.state is PREPARING]
        going = [node for node in unused if node.state is LEAVING]
        others = sorted((node for node in unused if node.state is IDLE), key=lambda node: node.since)
        if ready:
            decision.use.append((position, ready[0].id))
            unused.remove(ready[0])
        elif coming:
            unused.remove(coming[0])
        elif count < most:
            count += 1
            decision.start.append(wanted)
        elif going:
            unused.remove(going[0])
        elif others:
            decision.stop.append(others[0].id)
            unused.remove(others[0])
    return decision


@settings(deadline=None)
@given(situations)
def test_jobs_are_served_as_if_looked_at_one_by_one(
    situation: tuple[list[tuple[str, NodeState, float]], list[str], int, int],
) -> None:
    given_nodes, waiting, _, most = situation
    nodes = seen(given_nodes)
    decision, expected = now(nodes, waiting, 0, most, idle=1e9), step_by_step(nodes, waiting, most)
    assert decision.use == expected.use
    assert decision.start == expected.start
    assert decision.stop[: len(expected.stop)] == expected.stop  # behind them, idle ones that are too many


def test_a_job_goes_to_an_idle_node_with_its_interpreter() -> None:
    nodes = seen([("b", IDLE, 0), ("a", IDLE, 0)])
    assert now(nodes, ["a"], 0, 2) == Decision(use=[(0, "n1")], stop=["n0"])


def test_an_idle_node_with_another_interpreter_makes_room_once() -> None:
    nodes = seen([("a", IDLE, 90), ("a", IDLE, 80)])
    assert now(nodes, ["b"], 0, 2).stop == ["n1"]  # the one that was idle for longer
    leaving = seen([("a", IDLE, 90), ("a", LEAVING, 99)])
    assert now(leaving, ["b"], 0, 2).stop == []


def test_a_node_that_is_being_prepared_counts_for_one_job() -> None:
    assert now(seen([("a", PREPARING, 99)]), ["a", "a"], 0, 3).start == ["a"]


def test_later_jobs_do_not_wait_for_one_that_needs_another_interpreter() -> None:
    nodes = seen([("a", IDLE, 99), ("a", RUNNING, 0)])
    assert now(nodes, ["b", "a"], 0, 3) == Decision(start=["b"], use=[(1, "n0")])


def test_a_smaller_target_uses_no_more_nodes_than_it_may() -> None:
    nodes = seen([("a", IDLE, 99), ("a", RUNNING, 0)])
    assert now(nodes, ["a"], 0, 1) == Decision(stop=["n0"])


def test_idle_nodes_end_after_their_time_down_to_the_least_number() -> None:
    nodes = seen([("a", IDLE, 0), ("a", IDLE, 10), ("a", IDLE, 90)])
    assert now(nodes, [], 0, 3) == Decision(stop=["n0", "n1"], again=40.0)
    assert now(nodes, [], 2, 3).stop == ["n0"]


def test_the_least_number_is_started_and_never_more_than_the_most() -> None:
    assert now([], [], 2, 4).start == ["a", "a"]
    assert now([], [], 5, 1).start == ["a"]
    assert now(seen([("a", LEAVING, 99)]), [], 1, 1).start == []


def test_no_more_jobs_are_looked_at_than_nodes_are_free() -> None:
    looked = 0

    def waiting() -> Iterator[str]:
        nonlocal looked
        for _ in range(1000):
            looked += 1
            yield "a"

    bounds = Bounds(0, 3, 50.0)
    assert decide(seen([("a", RUNNING, 0)] * 3), waiting(), bounds, 100.0, "a") == Decision()
    assert looked == 0
    decision = decide(seen([("a", RUNNING, 0), ("a", IDLE, 99)]), waiting(), bounds, 100.0, "a")
    assert decision == Decision(use=[(0, "n1")], start=["a"])
    assert looked == 2
