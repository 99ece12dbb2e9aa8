"""The node's end of its connections: which order is obeyed when, and what becomes of the one that comes next.

The test is the thread that would run the jobs.
"""

from __future__ import annotations

import os
import queue
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lazulite.compute.processes import nodefile, switchboard
from lazulite.compute.processes.protocol import (
    Ask,
    CancelJob,
    Hello,
    JobGone,
    Leave,
    Lines,
    RunJob,
    StageReached,
    TakeBack,
    ToEngine,
    ToNode,
    encode,
    to_engine,
)
from lazulite.compute.processes.switchboard import Switchboard
from lazulite.model.job import Job
from lazulite.model.run import RunStatus
from lazulite.testing.compute_contract import eventually, job_of


class Engine:
    """The other end of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        self.connection = connection
        self._lines = Lines()
        self._heard: list[ToEngine] = []

    def say(self, *messages: ToNode) -> None:
        self.connection.sendall(b"".join(map(encode, messages)))

    def hear(self) -> ToEngine:
        while not self._heard:
            data = self.connection.recv(1 << 16)
            assert data, "the node hung up"
            self._heard += map(to_engine, self._lines.feed(data))
        return self._heard.pop(0)

    def ask(self) -> Hello:
        """What the node does, after all that was said to it."""
        self.say(Ask())
        answer = self.hear()
        assert isinstance(answer, Hello), answer
        return answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "node"


@pytest.fixture
def address(tmp_path: Path) -> Path:
    return tmp_path / "s"


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    pair = socket.socketpair()
    yield pair
    for end in pair:
        end.close()


@pytest.fixture
def board(
    folder: Path, address: Path, monkeypatch: pytest.MonkeyPatch, ends: tuple[socket.socket, socket.socket]
) -> Iterator[Switchboard]:
    monkeypatch.setattr(switchboard, "_CHECK_SECONDS", 0.05)
    node = nodefile.NodeFile("n", "w", "cpu", "python", 0, 60.0)
    nodefile.write(folder, node)
    here = Path.cwd()
    os.chdir(address.parent)  # the path may be too long for an address
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address.name)
        os.chdir(here)
        listener.listen()
        board = Switchboard(folder, node, listener)
        board.start(ends[0])
        yield board
        while board.job:
            board.gone(JobGone(board.job, "the test is over"))
        shutil.rmtree(folder, ignore_errors=True)
        while board.orders.get(timeout=20) is not None:
            pass
        for connection in board._engines:  # the node's process would end now
            connection.close()


@pytest.fixture
def engine(board: Switchboard, ends: tuple[socket.socket, socket.socket]) -> Engine:
    engine = Engine(ends[1])
    assert engine.hear() == Hello("n")
    return engine


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    return [job_of(tmp_path) for _ in range(4)]


def over(board: Switchboard, job: Job) -> JobGone:
    news = JobGone(job.id, "it is over")
    board.gone(news)
    return news


def returned(job: Job) -> JobGone:
    return JobGone(job.id, "it was not started", returned=True)


def has_order(board: Switchboard) -> bool:
    try:
        board.orders.get_nowait()
    except queue.Empty:
        return False
    return True


def test_the_next_job_begins_with_the_end_of_the_one_before(
    board: Switchboard, engine: Engine, jobs: list[Job]
) -> None:
    first, second, third, fourth = jobs
    engine.say(RunJob(first), RunJob(second), RunJob(third))
    assert engine.hear() == JobGone(third.id, "the node was not free", refused=True)
    assert board.orders.get(timeout=20) == first
    assert not has_order(board)
    assert engine.ask().job == first.id
    news = over(board, first)
    assert board.orders.get(timeout=0) == second  # nobody was asked
    assert board.job == second.id
    assert engine.hear() == news
    assert engine.ask() == Hello("n", second.id, second.run_id)
    engine.say(RunJob(fourth))
    assert engine.ask().job == second.id
    over(board, second)
    assert board.orders.get(timeout=0) == fourth


@pytest.mark.parametrize("message", [TakeBack, CancelJob])
def test_the_next_job_is_given_back(
    board: Switchboard, engine: Engine, jobs: list[Job], message: type[TakeBack | CancelJob]
) -> None:
    first, second, third, _ = jobs
    engine.say(RunJob(first), RunJob(second), message(third.id), message(second.id))
    assert engine.hear() == returned(second)
    assert engine.ask().job == first.id
    engine.say(RunJob(third))  # there is room again
    assert engine.ask().job == first.id
    over(board, first)
    assert [board.orders.get(timeout=0) for _ in range(2)] == [first, third]


def test_a_job_that_has_begun_is_not_given_back(board: Switchboard, engine: Engine, jobs: list[Job]) -> None:
    first, second, *_ = jobs
    engine.say(RunJob(first), RunJob(second), TakeBack(first.id))
    assert engine.ask().job == first.id
    news = over(board, first)
    engine.say(TakeBack(second.id))
    assert engine.hear() == news
    assert engine.ask().job == second.id


def test_a_node_that_is_to_leave_gives_the_next_job_back(
    board: Switchboard, engine: Engine, jobs: list[Job]
) -> None:
    first, second, *_ = jobs
    engine.say(RunJob(first), RunJob(second), Leave())
    assert engine.hear() == returned(second)
    assert engine.ask() == Hello("n", first.id, first.run_id, leaving=True)
    assert board.orders.get(timeout=20) == first
    over(board, first)
    assert board.orders.get(timeout=20) is None
    board.orders.put(None)  # for who waits for the end


def test_a_node_whose_folder_is_gone_cancels_its_job_and_gives_the_next_one_back(
    board: Switchboard, engine: Engine, jobs: list[Job], folder: Path
) -> None:
    first, second, *_ = jobs
    asked: list[str | None] = []
    previous = signal.signal(signal.SIGTERM, lambda number, frame: asked.append(board.job))
    try:
        engine.say(RunJob(first), RunJob(second))
        assert engine.ask().job == first.id
        shutil.rmtree(folder)
        assert engine.hear() == returned(second)
        eventually(lambda: asked)
        over(board, first)
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert set(asked) == {first.id}


def test_the_next_job_is_forgotten_with_the_engine_that_ordered_it(
    board: Switchboard, engine: Engine, jobs: list[Job], address: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third, _ = jobs
    monkeypatch.chdir(address.parent)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address.name)
        other = Engine(connection)
        assert other.hear() == Hello("n")
        engine.say(RunJob(first), RunJob(second))
        assert engine.ask().job == first.id
        engine.connection.close()
        assert other.hear() == returned(second)
        other.say(RunJob(third))
        assert other.ask().job == first.id
        over(board, first)
        assert [board.orders.get(timeout=0) for _ in range(2)] == [first, third]


def test_news_of_the_next_job_are_held_back_only_for_an_instant(
    board: Switchboard, engine: Engine, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switchboard, "_CHECK_SECONDS", 60.0)  # else somebody looks soon anyway
    first, second, *_ = jobs
    engine.say(RunJob(first), RunJob(second))
    assert engine.ask().job == first.id
    time.sleep(0.1)  # nothing happens, and whoever listens waits for something to happen
    news = over(board, first)
    reached = StageReached(second.id, RunStatus.PREPARING)
    board.stage(reached)
    assert engine.hear() == news
    assert engine.hear() == reached
    monkeypatch.setattr(switchboard, "_CHECK_SECONDS", 0.05)
    engine.ask()
