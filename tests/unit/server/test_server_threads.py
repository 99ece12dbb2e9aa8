"""The threads that do short work for the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from lazulite.server.threads import Threads


def test_what_work_returns_or_raises_comes_back() -> None:
    async def look() -> None:
        threads = Threads(2)
        assert await threads.call(lambda: 41 + 1) == 42
        with pytest.raises(ZeroDivisionError):
            await threads.call(lambda: 1 / 0)
        assert await threads.call(lambda: "still here") == "still here"

    asyncio.run(look())


def test_so_many_at_a_time_and_no_more() -> None:
    present, most = 0, 0
    lock, full = threading.Lock(), threading.Barrier(3)

    def work() -> None:
        nonlocal present, most
        with lock:
            present += 1
            most = max(most, present)
        full.wait(20)  # until three are here at once
        with lock:
            present -= 1

    async def look() -> None:
        threads = Threads(3)
        await asyncio.gather(*(threads.call(work) for _ in range(9)))

    asyncio.run(look())
    assert most == 3


def test_who_does_not_wait_any_more_harms_nobody() -> None:
    began, go_on = threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        go_on.wait(20)

    async def look() -> None:
        threads = Threads(1)
        waiting = asyncio.create_task(threads.call(work))
        await asyncio.to_thread(began.wait, 20)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        go_on.set()
        assert await threads.call(lambda: "next") == "next"

    asyncio.run(look())


def test_work_that_outlives_its_loop_ends_quietly() -> None:
    go_on, ended = threading.Event(), threading.Event()

    def work() -> None:
        go_on.wait(20)
        ended.set()

    async def look() -> None:
        waiting = asyncio.create_task(Threads(1).call(work))
        await asyncio.sleep(0.05)
        waiting.cancel()

    asyncio.run(look())
    go_on.set()
    assert ended.wait(20)
