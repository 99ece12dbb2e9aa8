"""The lease under watching eyes: who asks whether an engine lives never keeps one from starting."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lazulite.engine import process
from lazulite.engine.layout import Home

HOLDER = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(descriptor, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def engine(place: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lease."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(place.lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder


def test_a_held_lease_is_not_given_twice(place: Home, engine: subprocess.Popen[str]) -> None:
    assert process.is_alive(place)
    with process.lease(place) as free:
        assert not free


def test_a_lease_is_free_the_moment_its_holder_dies(place: Home, engine: subprocess.Popen[str]) -> None:
    engine.kill()
    engine.wait()
    assert not process.is_alive(place)
    with process.lease(place) as free:
        assert free
        assert process.is_alive(place)
    assert not process.is_alive(place)


def test_many_who_ask_do_not_take_each_other_for_an_engine(place: Home) -> None:
    place.lock.touch(mode=0o600)
    answers: set[bool] = set()

    def ask() -> None:
        answers.update(process.is_alive(place) for _ in range(300))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {False}


def test_an_engine_gets_its_lease_while_others_ask(place: Home) -> None:
    place.lock.touch(mode=0o600)
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            process.is_alive(place)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(50):
            with process.lease(place) as free:
                assert free
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_asking_creates_nothing(place: Home) -> None:
    assert not process.is_alive(place)
    assert list(place.root.iterdir()) == []
