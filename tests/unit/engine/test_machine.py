"""The machine on random graphs, with its state taken through the records' view at every step."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.engine.machine import MAX_ATTEMPTS, CancelJob, Command, Decide, Finish, Launch, Machine, Settle
from lazulite.model.codec import dumps, loads
from lazulite.model.plan import Plan, RunScript, Step
from lazulite.model.run import RunStatus

DONE, FAILED, CANCELED = RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELED


def plan_of(edges: dict[str, str]) -> Plan:
    """`{"d": "b c"}`: d after b and c."""
    steps = tuple(
        Step(node, node, "PythonScriptStep", RunScript("s.py"), "cpu", after=tuple(needs.split()))
        for node, needs in edges.items()
    )
    return loads(Plan, dumps(Plan(steps)))


#   a
#  / \
# b   c
#  \ /
#   d
DIAMOND = plan_of({"a": "", "b": "a", "c": "a", "d": "b c"})


def test_diamond_runs_in_order_and_finishes_once() -> None:
    machine = Machine(DIAMOND)
    assert machine.start() == [Decide("a")]
    assert machine.decided("a", reused=False) == [Launch("a", 1)]
    assert machine.ended("a", DONE) == [Decide("b"), Decide("c")]
    assert machine.decided("b", reused=True) == []
    assert machine.decided("c", reused=False) == [Launch("c", 1)]
    assert machine.ended("c", DONE) == [Decide("d")]
    assert machine.decided("d", reused=True) == [Finish(DONE)]
    assert machine.cancel() == []


def test_failure_stops_active_and_waiting_steps() -> None:
    machine = Machine(DIAMOND)
    machine.start()
    machine.decided("a", reused=True)
    machine.decided("b", reused=False)
    machine.decided("c", reused=False)
    assert machine.ended("b", FAILED) == [CancelJob("c"), Settle("d", CANCELED)]
    assert machine.ended("c", CANCELED) == [Finish(FAILED)]


def test_continue_on_failure_bypasses_only_what_depends_on_it() -> None:
    machine = Machine(plan_of({"a": "", "b": "a", "x": "", "y": "x"}), continue_on_failure=True)
    assert machine.start() == [Decide("a"), Decide("x")]
    machine.decided("a", reused=False)
    assert machine.ended("a", FAILED) == [Settle("b", RunStatus.BYPASSED)]
    machine.decided("x", reused=True)
    assert machine.decided("y", reused=True) == [Finish(FAILED)]


def test_a_run_taken_over_watches_what_was_launched() -> None:
    machine = Machine(DIAMOND, {"a": DONE, "b": RunStatus.RUNNING}, {"b": 2})
    assert machine.start() == [Launch("b", 2), Decide("c")]


def test_a_run_taken_over_after_a_failure_goes_on_stopping() -> None:
    machine = Machine(DIAMOND, {"a": DONE, "b": FAILED, "c": RunStatus.RUNNING}, {"b": 1, "c": 1})
    assert machine.start() == [Launch("c", 1), CancelJob("c"), Settle("d", CANCELED)]
    assert machine.ended("c", DONE) == [Finish(FAILED)]


def test_cancel_of_one_step_bypasses_its_followers() -> None:
    machine = Machine(DIAMOND)
    machine.start()
    machine.decided("a", reused=True)
    assert machine.cancel("b") == [Settle("b", CANCELED), Settle("d", RunStatus.BYPASSED)]
    machine.decided("c", reused=False)
    assert machine.ended("c", DONE) == [Finish(CANCELED)]


def test_a_lost_job_is_tried_again_and_not_for_ever() -> None:
    machine = Machine(plan_of({"a": ""}))
    machine.start()
    machine.decided("a", reused=False)
    for attempt in range(2, MAX_ATTEMPTS + 1):
        assert machine.lost("a") == [Launch("a", attempt)]
    assert machine.lost("a") == []
    assert machine.ended("a", FAILED) == [Finish(FAILED)]


def test_an_empty_plan_finishes_at_once() -> None:
    assert Machine(Plan(())).start() == [Finish(DONE)]


@pytest.mark.parametrize("continues", [True, False])
def test_a_chain_of_ten_thousand_that_fails_at_its_head(continues: bool) -> None:
    chain = {"s0": ""} | {f"s{i}": f"s{i - 1}" for i in range(1, 10_000)}
    machine = Machine(plan_of(chain), continue_on_failure=continues)
    machine.start()
    machine.decided("s0", reused=False)
    assert machine.ended("s0", FAILED)[-1] == Finish(FAILED)


@st.composite
def graphs(draw: st.DrawFn) -> Plan:
    count = draw(st.integers(1, 9))
    edges = {}
    for index in range(count):
        needs = draw(st.sets(st.integers(0, index - 1), max_size=3)) if index else set()
        edges[f"n{index}"] = " ".join(f"n{need}" for need in sorted(needs))
    return plan_of(edges)


class World:
    """A driver without a disk: obeys commands, keeps what a records table would, may die between any two steps."""

    def __init__(self, plan: Plan, *, continues: bool, chance: random.Random) -> None:
        self.plan, self.continues, self.chance = plan, continues, chance
        self.recorded: dict[str, RunStatus] = {}
        self.attempts: dict[str, int] = {}
        self.canceled = False
        self.deciding: list[str] = []
        self.jobs: dict[str, int] = {}
        self.cancel_asked: set[str] = set()
        self.finished: RunStatus | None = None
        self.ran: list[str] = []
        self.machine = self.restart()

    def restart(self) -> Machine:
        self.deciding, self.jobs = [], {}
        self.machine = Machine(
            self.plan,
            self.recorded,
            self.attempts,
            continue_on_failure=self.continues,
            canceled=self.canceled,
        )
        if self.finished is None:
            self.obey(self.machine.start())
        return self.machine

    def obey(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, Decide):
                assert all(
                    self.recorded.get(need) is DONE for need in self.plan.step(command.node).depends_on
                )
                assert command.node not in self.recorded
                self.deciding.append(command.node)
            elif isinstance(command, Launch):
                assert self.recorded.get(command.node) not in (DONE, FAILED, CANCELED)
                self.recorded[command.node] = RunStatus.RUNNING
                self.attempts[command.node] = self.jobs[command.node] = command.attempt
            elif isinstance(command, CancelJob):
                assert command.node in self.jobs
                self.cancel_asked.add(command.node)
            elif isinstance(command, Settle):
                assert command.node not in self.recorded
                self.recorded[command.node] = command.status
            else:
                assert self.finished is None
                self.finished = command.status

    def step(self) -> None:
        happenings = [("decide", n) for n in self.deciding] + [("end", n) for n in self.jobs]
        kind, node = self.chance.choice(happenings)
        if self.chance.random() < 0.15:
            self.restart()
        elif kind == "decide":
            self.deciding.remove(node)
            reused = self.chance.random() < 0.3
            if reused and node not in self.recorded:
                self.recorded[node] = DONE
            self.obey(self.machine.decided(node, reused=reused))
        else:
            del self.jobs[node]
            if self.chance.random() < 0.1 and node not in self.cancel_asked:
                commands = self.machine.lost(node)
                if commands:
                    self.obey(commands)
                    return
            status = CANCELED if node in self.cancel_asked else self.chance.choice([DONE, DONE, DONE, FAILED])
            self.recorded[node] = status
            self.ran.append(node)
            self.obey(self.machine.ended(node, status))


@settings(deadline=None, max_examples=300)
@given(graphs(), st.booleans(), st.integers(0, 10**9), st.integers(0, 40))
def test_every_run_ends_and_repeats_nothing(plan: Plan, continues: bool, seed: int, cancel_at: int) -> None:
    chance = random.Random(seed)
    world = World(plan, continues=continues, chance=chance)
    for turn in range(2000):
        if world.finished is not None:
            break
        if turn == cancel_at and chance.random() < 0.5:
            world.canceled = True
            world.obey(world.machine.cancel())
            continue
        world.step()
    assert world.finished is not None
    assert all(status.is_terminal for status in world.recorded.values())
    assert set(world.recorded) == {step.node for step in plan.steps}
    assert len(world.ran) == len(set(world.ran)), "a finished step was repeated"
    if FAILED in world.recorded.values():
        assert world.finished is FAILED
    elif not world.canceled:
        assert world.finished is DONE
