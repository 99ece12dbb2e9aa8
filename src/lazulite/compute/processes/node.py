"""A node: `python -m lazulite.compute.processes.node <node folder> [engine socket]`.

A detached process that runs one job at a time. It keeps the worker imported and interpreters warm, so that a script
starts in milliseconds. It serves whichever engine is connected, and none: its job goes on, and the job's folder holds
what happened.

The first thread runs the jobs, because only there can a signal interrupt one; another one listens to engines.

It ends when it is told to leave and no job runs, when its folder is gone (then it cancels its job), or when it was idle
for its idle time (a minute at most) and no engine is connected. If it is killed, its job is lost with it, and the engine
tries the step again.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import queue
import signal
import socket
import sys
import traceback
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from types import FrameType

from lazulite.compute.processes import nodefile
from lazulite.compute.processes.protocol import JobGone, StageReached
from lazulite.compute.processes.switchboard import Switchboard
from lazulite.model.errors import Conflict, LazuliteError
from lazulite.model.job import Job
from lazulite.model.run import RunStatus
from lazulite.worker import identity
from lazulite.worker.cancellation import Cancellation
from lazulite.worker.ending import adopt_orphans, end_children
from lazulite.worker.folder import JobFolder
from lazulite.worker.run import run_job
from lazulite.worker.shared import Shared
from lazulite.worker.stages import staying
from lazulite.worker.warm import WarmInterpreters

_TRIM_SECONDS = 10.0  # how often an idle node looks whether it holds memory for nothing
#: What the worker imports on its way, if it needs it.
_NEEDED = ("lazulite.environments.resolve", "lazulite.storage.versions")


class NodeProgram:
    """Runs the jobs that the switchboard hands over."""

    def __init__(self, board: Switchboard, slot: int) -> None:
        self._board = board
        self._shared = Shared(slot, WarmInterpreters(_log))
        self._early: str | None = None

    def serve(self) -> None:
        """Work until it is time to end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        while (job := self._next()) is not None:
            self._board.gone(self._run(job))
        if self._shared.warm:
            self._shared.warm.close()

    def _next(self) -> Job | None:
        while True:
            with contextlib.suppress(queue.Empty):
                return self._board.orders.get(timeout=_TRIM_SECONDS)
            if self._shared.warm:
                self._shared.warm.trim()

    def _run(self, job: Job) -> JobGone:
        """Run a job; return what to say when nothing of it is left."""
        stage = partial(self._stage, job.id)
        try:
            with Cancellation() as cancellation:
                if self._early == job.id:
                    cancellation.ask()
                run_job(job, stage, self._shared, cancellation)
        except Conflict as error:
            return JobGone(job.id, error.message, elsewhere=True)
        except Exception:  # noqa: BLE001 - the last frame of the job: the node goes on
            with (
                contextlib.suppress(OSError),
                JobFolder(Path(job.folder)).log.open("a", encoding="utf-8") as log,
            ):
                traceback.print_exc(file=log)
            end_children(self._shared.helpers() | staying(job.home))
            return JobGone(job.id, "it ended without a result")
        return JobGone(job.id, "it is over")

    def _stage(self, job: str, stage: RunStatus) -> None:
        self._board.stage(StageReached(job, stage, datetime.now(timezone.utc)))

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """A signal while no job listens: it is for the job about to start, else for the node."""
        self._early = self._board.job
        if self._early is None:
            self._board.orders.put(None)


def _log(text: str) -> None:
    """Write a line into the node's log."""
    print(f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S}Z {text}", file=sys.stderr, flush=True)


def _warm_up() -> None:
    """Load now what a job would load, and have collections of garbage leave it alone."""
    for name in _NEEDED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def main(folder: Path, engine: int | None) -> int:
    """Serve as the node of a folder; 0 when it ended as it should."""
    node = nodefile.read(folder)
    if node is None:
        return 0
    connected = None if engine is None else socket.socket(fileno=engine)
    try:
        listener, place = nodefile.listen(folder.parent.parent, node.id)
    except (LazuliteError, OSError) as error:
        print(f"The node cannot be reached: {error}", file=sys.stderr)
        return 1
    node = replace(node, process=identity.current(), socket=str(place))
    nodefile.write(folder, node)
    adopt_orphans()  # what a script leaves behind comes to us
    _warm_up()
    board = Switchboard(folder, node, listener)
    program = NodeProgram(board, node.slot)
    board.start(connected)
    program.serve()
    nodefile.remove(folder, node)
    return 0


if __name__ == "__main__":
    code = main(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else None)
    sys.stderr.flush()
    os._exit(code)  # whoever sees the connection close shall not wait for the interpreter to tidy up
