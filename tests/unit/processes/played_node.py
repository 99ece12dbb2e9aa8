"""A node in a hundred lines that runs nothing, and so shows what the engine's side makes of what a node does.

Like the real one it takes jobs in its own process and lives on after them. A job whose step is called `waits` keeps a
helper process in the node's session and goes on until there is a file `go` in its folder: empty, it then completes; with
a word in it, the node leaves it without a result. One called `stays` does so without a helper. Every other job completes at once. Like the real node it takes one job more
than it runs.
"""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from lazulite.compute.processes import nodefile
from lazulite.compute.processes.protocol import (
    CancelJob,
    Hello,
    JobGone,
    Leave,
    Lines,
    RunJob,
    StageReached,
    TakeBack,
    ToEngine,
    encode,
    to_node,
)
from lazulite.model.job import Job, Outcome, OutcomeStatus
from lazulite.model.run import RunStatus
from lazulite.worker import identity
from lazulite.worker.folder import JobFolder


class PlayedNode:
    def __init__(self, name: str, listener: socket.socket, engine: socket.socket) -> None:
        self._name = name
        self._listener = listener
        self._engines: dict[socket.socket, Lines] = {}
        self._order: Job | None = None
        self._next: Job | None = None
        self._leaving = False
        self._connected(engine)

    def serve(self) -> None:
        while self._order or not self._leaving:
            is_idle = self._order is None
            wait = 30.0 if is_idle else 0.005
            ready, _, _ = select.select([self._listener, *self._engines], [], [], wait)
            for one in ready:
                if one is self._listener:
                    self._connected(one.accept()[0])
                else:
                    self._hear(one)
            self._look()
            if is_idle and not ready:
                return  # whoever started us is gone

    def _connected(self, engine: socket.socket) -> None:
        self._engines[engine] = Lines()
        engine.sendall(encode(self._hello()))

    def _hello(self) -> Hello:
        job, run = (self._order.id, self._order.run_id) if self._order else (None, None)
        return Hello(self._name, job, run, self._leaving)

    def _hear(self, engine: socket.socket) -> None:
        data = engine.recv(1 << 16)
        for line in self._engines[engine].feed(data):
            message = to_node(line)
            job = getattr(message, "job", None)
            print(message.KIND, getattr(job, "id", job), flush=True)  # the log shows what was heard
            if isinstance(message, RunJob):
                self._take(message.job)
            elif isinstance(message, CancelJob) and self._order and self._order.id == message.job:
                self._end(self._order, OutcomeStatus.CANCELED)
            elif isinstance(message, (CancelJob, TakeBack)):
                self._return(message.job)
            elif isinstance(message, Leave):
                self._leaving = True
                if self._next:
                    self._return(self._next.id)
            else:
                engine.sendall(encode(self._hello()))
        if not data:
            del self._engines[engine]
            self._next = None

    def _take(self, order: Job) -> None:
        if self._next or self._leaving:
            self._tell(JobGone(order.id, "the node was not free", refused=True))
        elif self._order:
            self._next = order
        else:
            self._begin(order)

    def _return(self, job: str) -> None:
        if self._next and self._next.id == job:
            self._next = None
            self._tell(JobGone(job, "it was not started", returned=True))

    def _begin(self, order: Job) -> None:
        files = JobFolder(Path(order.folder))
        if not files.claim(identity.current()):
            self._tell(JobGone(order.id, "another process has it", elsewhere=True))
        else:
            self._order = order
            files.write_stage(RunStatus.RUNNING)
            self._tell(StageReached(order.id, RunStatus.RUNNING))
            if order.step_name not in ("waits", "stays"):
                self._end(order, OutcomeStatus.COMPLETED)
            elif order.step_name == "waits":
                helper = subprocess.Popen(["sleep", "60"])
                (files.path / "helper").write_text(str(helper.pid))

    def _look(self) -> None:
        go = Path(self._order.folder) / "go" if self._order else None
        if self._order and go and go.exists():
            if go.read_text():
                self._over(self._order)
            else:
                self._end(self._order, OutcomeStatus.COMPLETED)

    def _end(self, order: Job, status: OutcomeStatus) -> None:
        now = datetime.now(timezone.utc)
        JobFolder(Path(order.folder)).write_result(Outcome(order.id, status, now, now))
        self._over(order)

    def _over(self, order: Job) -> None:
        self._order = None
        self._tell(JobGone(order.id, "it is over"))
        following, self._next = self._next, None
        if following:
            self._begin(following)

    def _tell(self, message: ToEngine) -> None:
        for engine in self._engines:
            with contextlib.suppress(OSError):
                engine.sendall(encode(message))


def main(folder: Path, engine: int) -> None:
    node = nodefile.read(folder)
    assert node is not None
    listener, place = nodefile.listen(folder.parent.parent, node.id)
    nodefile.write(folder, replace(node, process=identity.current(), socket=str(place)))
    PlayedNode(node.id, listener, socket.socket(fileno=engine)).serve()
    nodefile.remove(folder, node)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: time.sleep(0))  # who wants to end a job says so in words
    main(Path(sys.argv[-2]), int(sys.argv[-1]))
