"""The parts of the backend that need no node: messages, the loop, the files of a node."""

from __future__ import annotations

import os
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.compute.processes import nodefile
from lazulite.compute.processes.loop import Loop
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
    to_node,
)
from lazulite.model.errors import ComputeUnavailable, Corrupt
from lazulite.model.run import RunStatus
from lazulite.testing.compute_contract import job_of


@settings(deadline=None)
@given(st.lists(st.binary().map(lambda data: data.replace(b"\n", b"")), max_size=6), st.data())
def test_lines_arrive_whole_however_they_are_cut(lines: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    reader, got = Lines(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        got += reader.feed(stream[start:end])
    assert got == lines


@pytest.mark.parametrize(
    "message",
    [
        Hello("n", "j", "r", leaving=True),
        StageReached("j", RunStatus.RUNNING),
        JobGone("j", "a\nb", refused=True),
        JobGone("j", "back", returned=True),
    ],
)
def test_what_a_node_says_arrives(message: ToEngine) -> None:
    (line,) = Lines().feed(encode(message))
    assert to_engine(line) == message


@pytest.mark.parametrize("message", [CancelJob("j"), TakeBack("j"), Leave(), Ask()])
def test_what_an_engine_says_arrives(message: ToNode) -> None:
    (line,) = Lines().feed(encode(message))
    assert to_node(line) == message


def test_a_job_arrives(tmp_path: Path) -> None:
    order = RunJob(job_of(tmp_path, "print('two\nlines')"))
    (line,) = Lines().feed(encode(order))
    assert to_node(line) == order


@pytest.mark.parametrize("line", [b"", b"[]", b'{"kind":"another"}', b"\xff"])
def test_what_is_no_message_is_corrupt(line: bytes) -> None:
    with pytest.raises(Corrupt):
        to_node(line)


# --- the loop ---


@pytest.fixture
def loop():
    loop = Loop("test")
    loop.start()
    yield loop
    loop.stop()


def test_a_timer_may_be_months_away(loop: Loop) -> None:
    rung, alive = threading.Event(), threading.Event()
    loop.call(partial(loop.after, 1e8, rung.set))
    time.sleep(0.05)  # by then the loop waits for it
    loop.call(alive.set)
    assert alive.wait(5)
    assert not rung.is_set()


def test_calls_from_all_threads_are_made_in_their_order_on_one_thread(loop: Loop) -> None:
    seen: list[tuple[int, int, str]] = []

    def call(who: int) -> None:
        for n in range(50):
            loop.call(partial(note, who, n))

    def note(who: int, n: int) -> None:
        seen.append((who, n, threading.current_thread().name))

    threads = [threading.Thread(target=call, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = threading.Event()
    loop.call(done.set)
    assert done.wait(5)
    assert {name for _, _, name in seen} == {"test"}
    assert all([n for who, n, _ in seen if who == one] == list(range(50)) for one in range(4))


def test_a_callback_that_fails_does_not_end_the_thread(
    loop: Loop, capsys: pytest.CaptureFixture[str]
) -> None:
    done = threading.Event()
    loop.call(lambda: 1 // 0)
    loop.call(lambda: loop.after(0.01, done.set))
    assert done.wait(5)
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_timers_fire_in_the_order_of_their_times(loop: Loop) -> None:
    seen: list[str] = []
    done = threading.Event()

    def plan() -> None:
        loop.after(0.03, done.set)
        loop.after(0.02, lambda: seen.append("second"))
        loop.after(0.01, lambda: seen.append("first"))

    loop.call(plan)
    assert done.wait(5)
    assert seen == ["first", "second"]


def test_after_its_end_a_loop_takes_nothing_and_writes_nowhere() -> None:
    loop = Loop("ended")
    loop.start()
    loop.stop()
    reader, writer = os.pipe()  # has the numbers of the loop's own pipe now
    os.set_blocking(reader, False)
    try:
        assert loop.call(lambda: None) is False
        with pytest.raises(BlockingIOError):
            os.read(reader, 1)
    finally:
        os.close(reader)
        os.close(writer)


# --- a node's files ---


def test_the_socket_is_in_a_private_folder_with_a_short_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    place = nodefile.socket_path(tmp_path, "node")
    assert not place.is_relative_to(long)
    assert len(os.fsencode(place)) <= 103
    place.parent.rmdir()


def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(nodefile, "_SOCKET_BYTES", 4096)
    folder = tmp_path / f"lazulite-{os.getuid()}"
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(ComputeUnavailable, match="nobody else may enter"):
        nodefile.socket_path(tmp_path, "node")
    folder.rmdir()
    folder.symlink_to("/")
    with pytest.raises(ComputeUnavailable, match="must be a folder that belongs to you"):
        nodefile.socket_path(tmp_path, "node")


def test_half_written_and_empty_folders_of_nodes_are_removed(tmp_path: Path) -> None:
    good = nodefile.NodeFile("good", "w", "cpu", "python", 0, 1.0)
    nodefile.write(nodefile.folder_of(tmp_path, "good"), good)
    (tmp_path / "nodes" / "empty").mkdir()
    (tmp_path / "nodes" / "torn").mkdir()
    (tmp_path / "nodes" / "torn" / "node.json").write_text('{"id": "to')
    assert list(nodefile.all_of(tmp_path)) == [(tmp_path / "nodes" / "good", good)]
    assert [path.name for path in (tmp_path / "nodes").iterdir()] == ["good"]
    assert list(nodefile.all_of(tmp_path / "no home")) == []
    assert time.time() - good.created < 60
