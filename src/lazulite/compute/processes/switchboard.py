"""The connections of a node: a thread that hears what engines want, and the place from which news are told.

While a job runs, the next one may be ordered; it begins with the end of the first, without a word from an engine. Until then
it is the engine's that ordered it: it goes back when that asks for it, or is gone.

News about a job are held back for an instant after its start: of a short job the engine then learns all at once, when
it is over.
"""

from __future__ import annotations

import contextlib
import queue
import selectors
import signal
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lazulite.compute.processes import nodefile
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
    to_node,
)
from lazulite.model.errors import Corrupt
from lazulite.model.job import Job

_ALONE_SECONDS = 60.0  # an engine that is replaced is so within seconds; after that nobody would use the node
_CHECK_SECONDS = 5.0  # how soon a node notices that its folder is gone
_NEWS_SECONDS = 0.02  # how long news about a job that just started are held back


class Switchboard:
    """Between engines and the thread that runs the jobs (the one that makes this object).

    `orders` gives the jobs to run, and None when the node is to end.
    """

    def __init__(self, folder: Path, node: nodefile.NodeFile, listener: socket.socket) -> None:
        self.orders: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._folder = folder
        self._node = node
        self._listener = listener
        self._worker = threading.get_ident()
        self._selector = selectors.DefaultSelector()
        self._engines: dict[socket.socket, Lines] = {}
        self._door = threading.Lock()  # of what follows, which both threads use
        self._order: Job | None = None
        self._next: Job | None = None
        self._next_from: socket.socket | None = None
        self._held: list[ToEngine] = []
        self._held_until = 0.0
        self._leaving = False
        self._idle_since = time.monotonic()

    # --- for the thread that runs the jobs ---

    def start(self, engine: socket.socket | None) -> None:
        """Begin to listen."""
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        if engine is not None:
            self._connected(engine)
        threading.Thread(target=self._listen, name="engines", daemon=True).start()

    def stage(self, news: StageReached) -> None:
        """The job that runs reached a stage."""
        with self._door:
            self._held.append(news)
            if time.monotonic() >= self._held_until:
                self._tell_held()

    def gone(self, news: JobGone) -> None:
        """The job is over; the node is free from now on, or begins the next one."""
        with self._door:
            _hear_signals()  # those that came until now were for this job
            self._order, self._idle_since = None, time.monotonic()
            self._held.append(news)
            self._tell_held()
            if self._next:
                self._begin(self._next)
                self._next = self._next_from = None

    @property
    def job(self) -> str | None:
        """The job that was ordered and is not over."""
        return self._order.id if self._order else None

    # --- the listening thread ---

    def _listen(self) -> None:
        while not self._is_over():
            for key, _ in self._selector.select(self._patience()):
                callback: Callable[[], None] = key.data
                callback()
            if self._held and time.monotonic() >= self._held_until:
                with self._door:
                    self._tell_held()
        self.orders.put(None)

    def _patience(self) -> float:
        """Seconds after which to look around although nothing was heard."""
        if self._next:  # the other thread may begin it, and news about it are then held back
            return _NEWS_SECONDS
        if self._order:
            left = self._held_until - time.monotonic()
            if self._held:  # also where their time came since they were looked at
                return max(0.0, left)
            return min(left, _CHECK_SECONDS) if left > 0 else _CHECK_SECONDS
        if self._engines:
            return _CHECK_SECONDS
        return min(_CHECK_SECONDS, max(0.0, self._idle_since + self._idle_limit - time.monotonic()))

    @property
    def _idle_limit(self) -> float:
        """How long to be idle without an engine, in seconds."""
        return min(self._node.idle_seconds, _ALONE_SECONDS)

    def _is_over(self) -> bool:
        if not nodefile.exists(self._folder):
            self._leave()
            self._cancel(self.job)
        with self._door:
            if self._order:
                return False
            idle = time.monotonic() - self._idle_since
            return self._leaving or (not self._engines and idle >= self._idle_limit)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            self._connected(self._listener.accept()[0])

    def _connected(self, engine: socket.socket) -> None:
        engine.setblocking(False)
        self._selector.register(engine, selectors.EVENT_READ, partial(self._hear, engine))
        with self._door:
            self._engines[engine] = Lines()
            self._greet(engine)

    def _hear(self, engine: socket.socket) -> None:
        try:
            data = engine.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(engine)
            return
        for line in self._engines[engine].feed(data):
            with contextlib.suppress(Corrupt):  # of an engine of another version
                self._obey(engine, to_node(line))

    def _obey(self, engine: socket.socket, message: ToNode) -> None:
        if isinstance(message, RunJob):
            self._take(message.job, engine)
        elif isinstance(message, CancelJob):
            self._cancel(message.job)
        elif isinstance(message, TakeBack):
            with self._door:
                self._return(message.job)
        elif isinstance(message, Leave):
            self._leave()
        elif isinstance(message, Ask):
            with self._door:
                self._greet(engine)

    def _take(self, order: Job, engine: socket.socket) -> None:
        with self._door:
            if self._next or self._leaving:
                self._tell(JobGone(order.id, "the node was not free", refused=True))
            elif self._order:
                self._next, self._next_from = order, engine
            else:
                self._begin(order)

    def _cancel(self, job: str | None) -> None:
        with self._door:  # so that the signal is for this job and no other
            if self._order and self._order.id == job:
                signal.pthread_kill(self._worker, signal.SIGTERM)
            else:
                self._return(job)

    def _leave(self) -> None:
        with self._door:
            self._leaving = True
            if self._next:
                self._return(self._next.id)

    def _drop(self, engine: socket.socket) -> None:
        with self._door:
            if self._engines.pop(engine, None) is not None:
                self._selector.unregister(engine)
                engine.close()
                self._idle_since = time.monotonic()  # the next engine has time to come
            if self._next and self._next_from is engine:  # whoever comes next may give it to another node
                self._return(self._next.id)

    # --- behind the door ---

    def _begin(self, order: Job) -> None:
        self._order = order
        self._held_until = time.monotonic() + _NEWS_SECONDS
        self.orders.put(order)

    def _return(self, job: str | None) -> None:
        """Give the next job back, if it is this one."""
        if self._next and self._next.id == job:
            self._next = self._next_from = None
            self._tell(JobGone(job, "it was not started", returned=True))

    def _greet(self, engine: socket.socket) -> None:
        job, run_id = (self._order.id, self._order.run_id) if self._order else (None, None)
        self._send(engine, encode(Hello(self._node.id, job, run_id, self._leaving)))

    def _tell_held(self) -> None:
        self._tell(*self._held)
        self._held.clear()

    def _tell(self, *news: ToEngine) -> None:
        data = b"".join(map(encode, news))
        for engine in list(self._engines):
            self._send(engine, data)

    def _send(self, engine: socket.socket, data: bytes) -> None:
        try:
            engine.sendall(data)
        except BlockingIOError:  # so far behind that it must look into the folders again
            with contextlib.suppress(OSError):
                engine.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # gone; what it said before is still to be heard, and then its end


def _hear_signals() -> None:
    """Have this thread handle the signals that were sent to it, now and not at some later instruction."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ())
