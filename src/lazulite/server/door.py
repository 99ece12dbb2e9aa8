"""`python -I -S door.py HOME LOCK LISTENER`: what listens for a home while nobody looks.

It holds a listening socket and the home's lease (two open files that it was given), and does nothing: 8 MB, no work. When
somebody connects, it starts the real server on the same socket, so that no connection is lost; that one stops when it
has been idle, and the door waits for the next visitor. The door lives until it is told to stop or the home is removed.

This file runs by itself, without the rest of the package: it has to be up within milliseconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time

#: How often to look whether the home is still there.
_WATCH_SECONDS = 2.0
#: How long a server may take to finish what it answers when it is told to stop.
_GRACE_SECONDS = 10.0
#: A server that ended so soon, with an error, did not start at all.
_STARTED_SECONDS = 5.0
_SORRY = (
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    "Content-Length: {length}\r\n\r\n{text}"
)


class Door:
    """The socket, the lease, and the server's process while there is one."""

    def __init__(self, home: str, lock: int, listener: int) -> None:
        self._home = home
        self._lock = lock
        self._listener = socket.socket(fileno=listener)
        self._listener.setblocking(False)
        self._server = 0
        self._started = 0.0
        self._stopping = False
        self._wake, waker = os.pipe()
        for end in (self._wake, waker):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(waker)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        # The server ends when this one's other end is closed, however the door ends.
        self._life, self._lifeline = os.pipe()

    def keep(self) -> None:
        """Wait for visitors until told to stop."""
        while not self._stopping and self._is_home_there():
            wanted: list[int] = [self._wake]
            if not self._server:
                wanted.append(self._listener.fileno())
            ready, _, _ = select.select(wanted, [], [], _WATCH_SECONDS)
            if self._wake in ready:
                self._drain()
            if self._server:
                self._reap()
            elif self._listener.fileno() in ready and not self._stopping:
                self._open()
        self._end_server()

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)

    def _is_home_there(self) -> bool:
        try:
            return os.path.samestat(os.stat(os.path.join(self._home, "server.lock")), os.fstat(self._lock))
        except OSError:
            return False

    def _open(self) -> None:
        """Start the server. It keeps the lease too, so that nobody opens a second door while it lives."""
        given = (self._lock, self._listener.fileno(), self._life)
        command = [sys.executable, "-m", "lazulite.server", self._home, *map(str, given[1:])]
        sys.stdout.flush()
        self._started = time.monotonic()
        self._server = os.fork()
        if self._server:
            return
        try:
            signal.set_wakeup_fd(-1)
            os.close(self._lifeline)
            for descriptor in given:
                os.set_inheritable(descriptor, True)
            os.execv(sys.executable, command)  # noqa: S606 - ourselves
        finally:
            os._exit(127)

    def _reap(self) -> None:
        ended, status = os.waitpid(self._server, os.WNOHANG)
        if not ended:
            return
        self._server = 0
        code = os.waitstatus_to_exitcode(status)
        if code and time.monotonic() - self._started < _STARTED_SECONDS and not self._stopping:
            print(f"the server could not be started (exit code {code})", flush=True)
            self._apologize()

    def _apologize(self) -> None:
        """Answer those who wait for a server that does not start: a word is better than silence."""
        text = f"The server of Lazulite could not be started. {self._home}/server.log says why.\n"
        answer = _SORRY.format(length=len(text.encode()), text=text).encode()
        while True:
            try:
                visitor, _ = self._listener.accept()
            except OSError:
                return
            with visitor:
                visitor.settimeout(1.0)
                with contextlib.suppress(OSError):
                    visitor.recv(65536)
                    visitor.sendall(answer)

    def _end_server(self) -> None:
        if not self._server:
            return
        os.kill(self._server, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_SECONDS
        while not os.waitpid(self._server, os.WNOHANG)[0]:
            if time.monotonic() > deadline:
                os.kill(self._server, signal.SIGKILL)
                os.waitpid(self._server, 0)
                return
            select.select([self._wake], [], [], 0.05)
            self._drain()


def detach(home: str) -> None:
    """Go on in the background as nobody's child, and write down who is to be told to stop."""
    if os.fork():
        os._exit(0)
    os.umask(0o077)
    about = os.path.join(home, "server.json")
    with open(about, encoding="utf-8") as file:
        said = json.load(file)
    said["pid"] = os.getpid()
    draft = f"{about}.{os.getpid()}"
    with open(draft, "w", encoding="utf-8") as file:
        json.dump(said, file)
    os.replace(draft, about)


def main(home: str, lock: str, listener: str) -> None:
    """Be the door of `home`."""
    door = Door(home, int(lock), int(listener))
    detach(home)
    door.keep()


if __name__ == "__main__":
    main(*sys.argv[1:])
