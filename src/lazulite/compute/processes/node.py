"""A node: `python -m lazulite.compute.processes.node <node folder> [engine socket]`.

A detached process that keeps the worker imported and forks for each job, so that a job starts in milliseconds. It
serves whichever engine is connected, and none: jobs go on, and their folders hold what happened. It has one thread,
because only then is it safe to fork.

It ends when it is told to leave and no job runs, when its folder is gone (then it cancels its job), or when it was idle
for its idle time (a minute at most) and no engine is connected. If it is killed, its job goes on and tells the engine by its folder.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
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
    ToEngine,
    encode,
    to_node,
)
from lazulite.model.errors import Corrupt, LazuliteError
from lazulite.model.run import RunStatus
from lazulite.worker import identity
from lazulite.worker.ending import adopt_orphans, end_children, end_session
from lazulite.worker.folder import JobFolder
from lazulite.worker.run import run_job

_ALONE_SECONDS = 60.0  # an engine that is replaced is so within seconds; after that nobody would use the node
_CHECK_SECONDS = 5.0  # how soon a node notices that its folder is gone
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
#: What the worker imports on its way, if it needs it.
_NEEDED = (
    "lazulite.environments.resolve",
    "lazulite.storage.transfer",
    "lazulite.storage.versions",
    "psutil",
)


@dataclass(frozen=True)
class _Running:
    order: RunJob
    pid: int
    stages: int  # the pipe on which the job's process tells its stages; its end of file is the process's end


class NodeProgram:
    """The loop of a node."""

    def __init__(self, folder: Path, node: nodefile.NodeFile, listener: socket.socket) -> None:
        self._folder = folder
        self._node = node
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._engines: dict[socket.socket, Lines] = {}
        self._running: _Running | None = None
        self._leaving = False
        self._idle_since = time.monotonic()
        self._stage_lines = Lines()

    def serve(self, engine: socket.socket | None) -> None:
        """Work until it is time to end."""
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        adopt_orphans()  # what a killed job leaves behind comes to us
        _warm_up()
        if engine is not None:
            self._connected(engine)
        while not self._is_over():
            for key, _ in self._selector.select(self._patience()):
                callback: Callable[[], None] = key.data
                callback()

    def _patience(self) -> float:
        """Seconds after which to look at the folder and the clock although nothing happened."""
        if self._engines or self._running:
            return _CHECK_SECONDS
        left = self._idle_since + self._idle_limit - time.monotonic()
        return min(_CHECK_SECONDS, max(0.0, left))

    @property
    def _idle_limit(self) -> float:
        """How long to be idle without an engine, in seconds."""
        return min(self._node.idle_seconds, _ALONE_SECONDS)

    def _is_over(self) -> bool:
        if not nodefile.exists(self._folder):
            self._leaving = True
            if self._running:
                self._cancel(self._running.order.job)
        if self._running:
            return False
        idle = time.monotonic() - self._idle_since
        return self._leaving or (not self._engines and idle >= self._idle_limit)

    # --- engines ---

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            self._connected(self._listener.accept()[0])

    def _connected(self, engine: socket.socket) -> None:
        engine.setblocking(False)
        self._engines[engine] = Lines()
        self._selector.register(engine, selectors.EVENT_READ, partial(self._hear, engine))
        self._greet(engine)

    def _greet(self, engine: socket.socket) -> None:
        order = self._running.order if self._running else None
        job, run_id = (order.job, order.run_id) if order else (None, None)
        self._send(engine, Hello(self._node.id, job, run_id, self._leaving))

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
            try:
                message = to_node(line)
            except Corrupt:  # of an engine of another version
                continue
            if isinstance(message, RunJob):
                self._run(message)
            elif isinstance(message, CancelJob):
                self._cancel(message.job)
            elif isinstance(message, Leave):
                self._leaving = True
            elif isinstance(message, Ask):
                self._greet(engine)

    def _send(self, engine: socket.socket, message: ToEngine) -> None:
        try:
            engine.sendall(encode(message))
        except BlockingIOError:  # so far behind that it must look into the folders again
            self._drop(engine)
        except OSError:
            pass  # gone; what it said before is still to be heard, and then its end

    def _tell(self, message: ToEngine) -> None:
        for engine in list(self._engines):
            self._send(engine, message)

    def _drop(self, engine: socket.socket) -> None:
        if self._engines.pop(engine, None) is not None:
            self._selector.unregister(engine)
            engine.close()
            self._idle_since = time.monotonic()  # the next engine has time to come

    # --- the job ---

    def _run(self, order: RunJob) -> None:
        if self._running or self._leaving:
            self._tell(JobGone(order.job, "the node was not free", refused=True))
            return
        reader, writer = os.pipe()
        # Until the job's process listens for them these signals wait, so that none is lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            pid = os.fork()
            if pid == 0:
                os.close(reader)
                self._be_the_job(order, writer)
        except OSError as error:
            os.close(reader)
            self._tell(JobGone(order.job, f"no process could be started: {error.strerror}", refused=True))
            return
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            os.close(writer)
        self._running = _Running(order, pid, reader)
        self._selector.register(reader, selectors.EVENT_READ, self._hear_job)

    def _be_the_job(self, order: RunJob, writer: int) -> None:
        """In the forked child: become the job's process; never return."""
        code = 1
        try:
            os.setsid()
            self._selector.close()
            for connection in (self._listener, *self._engines):
                connection.close()
            _redirect(Path(order.folder))
            adopt_orphans()
            run_job(Path(order.folder), partial(_tell_stage, writer), self._node.slot)
            code = 0
        except BaseException:  # noqa: BLE001 - the last frame of the process: into worker.log, then end
            sys.excepthook(*sys.exc_info())
        finally:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.flush()
            os._exit(code)

    def _hear_job(self) -> None:
        running = self._running
        if running is None:
            return
        data = os.read(running.stages, 4096)
        for line in self._stage_lines.feed(data):
            self._tell(StageReached(running.order.job, RunStatus(line.decode())))
        if not data:
            self._job_ended(running)

    def _job_ended(self, running: _Running) -> None:
        self._selector.unregister(running.stages)
        os.close(running.stages)
        code = os.waitstatus_to_exitcode(os.waitpid(running.pid, 0)[1])
        self._running, self._idle_since = None, time.monotonic()
        self._stage_lines = Lines()
        job = JobFolder(Path(running.order.folder))
        with contextlib.suppress(Corrupt, OSError):
            process = job.started()
            if process is not None and process.pid == running.pid and job.result() is None:
                end_session(process)
        end_children()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        self._tell(JobGone(running.order.job, f"its process {running.pid} ended with {how}"))

    def _cancel(self, job: str) -> None:
        if self._running and self._running.order.job == job:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._running.pid, signal.SIGTERM)


def _tell_stage(writer: int, stage: RunStatus) -> None:
    with contextlib.suppress(OSError):  # the node may be gone; the stage is in the job's folder too
        os.write(writer, f"{stage.value}\n".encode())


def _redirect(folder: Path) -> None:
    log = os.open(folder / "worker.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for number in (1, 2):
        os.dup2(log, number)
    os.close(log)
    os.close(null)


def _warm_up() -> None:
    """Load now what a job's process would load for itself, and share it with all of them.

    The collector leaves alone what is there before the first job, so that its memory stays shared.
    """
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
    NodeProgram(folder, node, listener).serve(connected)
    nodefile.remove(folder, node)
    return 0


if __name__ == "__main__":
    code = main(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else None)
    sys.stderr.flush()
    os._exit(code)  # whoever sees the connection close shall not wait for the interpreter to tidy up
