"""The engine's end of one node: its process, its socket, and what the engine knows of it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from lazulite.compute.processes import nodefile
from lazulite.compute.processes.loop import Loop
from lazulite.compute.processes.protocol import Hello, JobGone, Lines, StageReached, ToNode, encode, to_engine
from lazulite.model.assets import Node, NodeState
from lazulite.model.errors import Corrupt

_LOG_LINES = 15
#: Of a step around the engine: a node must not take another run's identity.
_FOREIGN = ("AZUREML_", "AML_PARAMETER_", "LAZULITE_OUTBOX", "LAZULITE_ARTIFACTS", "LAZULITE_JOB")


class Link:
    """One node. `hear` is called with each message, `closed` once when the node is gone; both on the loop's thread."""

    def __init__(
        self,
        loop: Loop,
        folder: Path,
        node: nodefile.NodeFile,
        hear: Callable[[Link, Hello | StageReached | JobGone], None],
        closed: Callable[[Link], None],
    ) -> None:
        self.folder = folder
        self.node = node
        self.greeted = False
        self.job: str | None = None
        self.run_id: str | None = None
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
            OSError: the interpreter cannot be started.
        """
        nodefile.write(self.folder, self.node)
        ours, theirs = socket.socketpair()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        command = [
            self.node.interpreter,
            "-m",
            "lazulite.compute.processes.node",
            str(self.folder),
            str(theirs.fileno()),
        ]
        with theirs, (self.folder / nodefile.LOG).open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._open(ours)

    def connect(self) -> None:
        """Connect to a node that an earlier engine started.

        Raises:
            OSError: it does not answer.
        """
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(self.node.socket)
        except OSError:
            connection.close()
            raise
        self._open(connection)

    def send(self, message: ToNode) -> None:
        """Say something to the node; if it is gone, `closed` tells."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.sendall(encode(message))

    def become(self, state: NodeState, job: str | None = None, run_id: str | None = None) -> None:
        """Enter a state, with the job the node runs in it."""
        self.state, self.job, self.run_id = state, job, run_id
        self.since, self.clock = datetime.now(timezone.utc), time.monotonic()

    def seen(self) -> Node:
        """The node as others see it."""
        pid = self._process.pid if self._process else (self.node.process.pid if self.node.process else None)
        return Node(self.node.id, self.node.compute, self.state, self.since, pid, self.job, self.run_id)

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

    def _open(self, connection: socket.socket) -> None:
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
            with contextlib.suppress(Corrupt):
                self._hear(self, to_engine(line))
        if not data:
            self.close()
            if self._process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(1)  # it closed its socket by ending
            self._closed(self)
