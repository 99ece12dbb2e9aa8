"""A proxy in front of an HTTP server of a test: it counts requests, and lets the test act in the middle of one.

It passes bytes on as they are, so signatures over them stay right.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

_CHUNK = 1 << 16


@dataclass
class WatchedProxy:
    """Forwards from `port` to `target` on this machine.

    `asked` counts requests by method and path (with its query); `before` is called with both before a request is
    passed on.
    """

    target: int
    port: int = 0
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    before: Callable[[str, str], None] = lambda _method, _path: None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, method: str, part: str) -> int:
        """How many requests had this method and this text in their path."""
        return sum(count for (one, path), count in self.asked.items() if one == method and part in path)

    @contextlib.contextmanager
    def running(self) -> Iterator[WatchedProxy]:
        """Forward inside the block."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
            threading.Thread(target=self._accept, args=(server,), daemon=True).start()
            yield self
            server.shutdown(socket.SHUT_RDWR)

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:  # the block has ended
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            try:
                upstream = socket.create_connection(("127.0.0.1", self.target))
            except ConnectionRefusedError:
                return  # the client's connection ends, as it would without us
            with upstream:
                threading.Thread(target=_pump, args=(upstream, client), daemon=True).start()
                source = client.makefile("rb")
                while head := _head(source):
                    self._pass_on(head, source, upstream)

    def _pass_on(self, head: bytes, source: BinaryIO, upstream: socket.socket) -> None:
        method, path, *_ = head.split(b"\r\n", 1)[0].decode().split(" ")
        with self._lock:
            self.asked[method, path] += 1
        self.before(method, path)
        upstream.sendall(head)
        left = _length(head)
        while left and (data := source.read(min(left, _CHUNK))):
            upstream.sendall(data)
            left -= len(data)


def _head(source: BinaryIO) -> bytes:
    lines = []
    while line := source.readline():
        lines.append(line)
        if line == b"\r\n":
            break
    return b"".join(lines)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


def _pump(upstream: socket.socket, client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := upstream.recv(_CHUNK):
            client.sendall(data)
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
