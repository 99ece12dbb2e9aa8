"""The engine's end of one node: its process, its socket, and what the engine knows of it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Union

from lazulite.compute.processes import nodefile
from lazulite.compute.processes.loop import Loop
from lazulite.compute.processes.protocol import (
    Ask,
    Hello,
    JobGone,
    Lines,
    RunJob,
    StageReached,
    TakeBack,
    ToNode,
    encode,
    to_engine,
)
from lazulite.model.assets import Node, NodeState
from lazulite.model.errors import Corrupt
from lazulite.model.job import Job
from lazulite.model.outbox import ENV_DATABASE
from lazulite.worker.identity import ProcessIdentity

_LOG_LINES = 15
_SOCKET_SECONDS = 2.0  # how long a message may take to reach a node: it only has to fit into a buffer
_END_SECONDS = 1.0  # how long a node may take from closing its socket to its end
#: Of a step around the engine: a node must not take another run's identity. And what may hold a password.
_FOREIGN = (
    "AZUREML_",
    "AML_PARAMETER_",
    "LAZULITE_OUTBOX",
    "LAZULITE_ARTIFACTS",
    "LAZULITE_JOB",
    ENV_DATABASE,
)

#: Takes what a node says.
Hear = Callable[["Link", Union[Hello, StageReached, JobGone]], None]

#: Nodes that outlive the link that started them; kept so that those that end meanwhile are reaped.
_let_go: list[subprocess.Popen[bytes]] = []


class Link:
    """One node. `hear` is called with each message, `closed` once when the node is gone; both on the loop's thread."""

    def __init__(
        self,
        loop: Loop,
        folder: Path,
        node: nodefile.NodeFile,
        hear: Hear,
        closed: Callable[[Link], None],
    ) -> None:
        self.folder = folder
        self.node = node
        self.adopted = node.process is not None
        self.greeted = False
        self.leaving = False
        #: Whether the node was asked what it does, and the job that it had taken by then and may have left.
        self.asked = False
        self.doubted: str | None = None
        self.job: str | None = None
        self.run_id: str | None = None
        #: The job that the node begins after that, and whether we want it back.
        self.next: Job | None = None
        self.recalled = False
        self.state = NodeState.PREPARING
        self.since = datetime.now(timezone.utc)
        self.clock = time.monotonic()
        self._loop = loop
        self._hear = hear
        self._closed = closed
        self._lines = Lines()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the node's process, connected to us.

        Raises:
            OSError, ValueError: the interpreter cannot be started.
        """
        nodefile.write(self.folder, self.node)
        ours, theirs = socket.socketpair()
        try:
            with theirs, (self.folder / nodefile.LOG).open("ab") as log:
                self._process = self._spawn(theirs.fileno(), log.fileno())
        except BaseException:
            ours.close()
            raise
        self._open(ours)

    def connect(self) -> None:
        """Connect to a node that an earlier engine started.

        Raises:
            OSError: it does not answer.
        """
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_SOCKET_SECONDS)
        try:
            connection.connect(self.node.socket)
        except OSError:
            connection.close()
            raise
        self._open(connection)

    def send(self, message: ToNode) -> None:
        """Say something to the node. One that does not take it is given up: `closed` follows."""
        if self._socket is None:
            return
        try:
            self._socket.sendall(encode(message))
        except OSError:
            self._loop.after(0, self.give_up)

    def become(self, state: NodeState, job: str | None = None, run_id: str | None = None) -> None:
        """Enter a state, with the job the node runs in it."""
        self.state, self.job, self.run_id = state, job, run_id
        self.since, self.clock = datetime.now(timezone.utc), time.monotonic()

    def give(self, job: Job) -> None:
        """Have the node run the job: now, or after the one it runs."""
        if self.job is None:
            self.become(NodeState.RUNNING, job.id, job.run_id)
        else:
            self.next = job
        self.send(RunJob(job))

    def go_on(self) -> None:
        """The job is over: the node has begun the next one, or is free."""
        job, self.next, self.recalled = self.next, None, False
        if job is not None:
            self.become(NodeState.RUNNING, job.id, job.run_id)
        else:
            self.become(NodeState.LEAVING if self.leaving else NodeState.IDLE)

    def recall(self) -> None:
        """Ask for the next job back. The node returns it, or has begun it."""
        if self.next is not None and not self.recalled:
            self.recalled = True
            self.send(TakeBack(self.next.id))

    def returned(self, job_id: str) -> bool:
        """The node has not started the job and will not; False if it was not given it."""
        if self.next is not None and self.next.id == job_id:
            self.next, self.recalled = None, False
        elif self.job == job_id:
            self.go_on()
        else:
            return False
        return True

    def seen(self) -> Node:
        """The node as others see it."""
        return Node(self.node.id, self.node.compute, self.state, self.since, self.pid, self.job, self.run_id)

    @property
    def pid(self) -> int | None:
        """The pid of the node's process."""
        if self._process is not None:
            return self._process.pid
        return self.node.process.pid if self.node.process else None

    def is_at(self, process: ProcessIdentity) -> bool:
        """Whether this process, which is alive, is the node's."""
        return self.node.process == process if self.adopted else self.pid == process.pid

    def ask(self, doubted: str | None = None) -> None:
        """Ask the node what it does, to learn whether it still runs the job `doubted`, which it has taken.

        Nothing happens while an answer is awaited, also that to the first question, which is the connection.
        """
        if self.greeted and not self.asked:
            self.asked, self.doubted = True, doubted
            self.send(Ask())

    def how_it_ended(self) -> str:
        """How the node's process ended, in words."""
        code = self._process.returncode if self._process else None
        if code is None:
            return "it ended"
        return (
            f"it was ended by {signal.Signals(-code).name}" if code < 0 else f"it ended with exit code {code}"
        )

    def last_words(self) -> str:
        """The end of the node's log."""
        try:
            text = (self.folder / nodefile.LOG).read_text(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-_LOG_LINES:])

    def close(self) -> None:
        """Let go of the node; it goes on by itself."""
        if self._socket is not None:
            self._loop.unwatch(self._socket.fileno())
            self._socket.close()
            self._socket = None
        _let_go[:] = [process for process in _let_go if process.poll() is None]
        if self._process is not None and self._process.poll() is None:
            _let_go.append(self._process)

    def give_up(self) -> None:
        """See to it that the node is gone, and tell."""
        if self._socket is None:
            return
        self.close()
        self._end()
        self._closed(self)

    def _spawn(self, connection: int, log: int) -> subprocess.Popen[bytes]:
        program = "lazulite.compute.processes.node"
        return subprocess.Popen(
            [self.node.interpreter, "-m", program, str(self.folder), str(connection)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)},
            pass_fds=[connection],
            start_new_session=True,
        )

    def _end(self) -> None:
        """End the node's process, if it does not by itself. It usually closed its socket by ending."""
        if self._process is None:
            nodefile.kill(self.node)
            return
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_SECONDS)

    def _open(self, connection: socket.socket) -> None:
        connection.settimeout(_SOCKET_SECONDS)
        self._socket = connection
        self._loop.watch(connection.fileno(), self._readable)

    def _readable(self) -> None:
        if self._socket is None:
            return
        try:
            data = self._socket.recv(1 << 16)
        except OSError:
            data = b""
        for line in self._lines.feed(data) if data else ():
            with contextlib.suppress(Corrupt):  # a message of another version
                self._hear(self, to_engine(line))
        if not data:
            self.give_up()
