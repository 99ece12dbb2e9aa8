"""`python -I -S door.py HOME LOCK LISTENER KIND [ARGUMENT…]`: what listens for a home, and has servers answer.

It holds a listening socket and the home's lease (two open files that it was given), and starts the real server,
`python -m lazulite.server`, on the same socket. So no connection is lost while one server ends and the next begins.

- KIND `door`: while nobody looks there is no server, 8 MB, and no work. The server starts when somebody connects and
  stops when it has been idle; the door waits for the next visitor, until it is told to stop or the home is removed.
- KIND `serve`: there always is a server (`lazulite serve`). One that dies is replaced at once. On SIGHUP a new one is
  started, and when that answers, the old one finishes what it has begun: an update, or another configuration, without
  an interruption.

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

_HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
#: How often to look whether the home is still there.
_WATCH_SECONDS = 2.0
#: How long servers may take to finish what they answer when they are told to stop.
_GRACE_SECONDS = 30.0
#: A server that ended so soon, with an error, did not start at all; the next try of a steady one waits so long.
_STARTED_SECONDS, _AGAIN_SECONDS = 5.0, 2.0
_SORRY = (
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    "Content-Length: {length}\r\n\r\n{text}"
)


class Server:
    """A server's process. `ready` is the end of a pipe on which it says that it answers."""

    def __init__(self, pid: int, ready: int) -> None:
        self.pid = pid
        self.ready = ready
        self.is_heard = False  # it has said whether it answers
        self.answers = False
        self.started = time.monotonic()

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)


class Door:
    """The socket, the lease, and the servers: none, one, or for a moment two."""

    def __init__(self, home: str, lock: int, listener: int, kind: str, arguments: list[str]) -> None:
        self._home = home
        self._lock = lock
        self._listener = socket.socket(fileno=listener)
        self._listener.setblocking(False)
        self._is_steady = kind == "serve"
        self._arguments = arguments
        self._servers: list[Server] = []
        self._not_before = 0.0
        self._stopping = self._renewing = False
        self._wake, waker = os.pipe()
        for end in (self._wake, waker):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(waker)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._renew)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        # The servers end when this one's other end is closed, however the door ends.
        self._life, self._lifeline = os.pipe()

    def keep(self) -> None:
        """Wait for visitors until told to stop."""
        while not self._stopping and self._is_home_there():
            self._look(self._patience())
            if self._renewing:
                self._renewing = False
                self._start()
            elif self._is_steady and not self._servers and time.monotonic() >= self._not_before:
                self._start()
        self._end_servers()

    def _look(self, seconds: float) -> None:
        """Wait for a signal, a visitor while there is no server, or a word of a server that starts."""
        wanted = [self._wake, *(one.ready for one in self._servers if not one.is_heard)]
        if not self._servers and not self._is_steady:
            wanted.append(self._listener.fileno())
        ready = _readable(wanted, seconds)
        if self._wake in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake, 4096)
        for server in [one for one in self._servers if one.ready in ready]:
            self._hear(server)
        for server in list(self._servers):
            self._reap(server)
        if self._listener.fileno() in ready and not self._stopping:
            self._start()

    def _patience(self) -> float:
        if self._is_steady and not self._servers:
            return max(0.0, min(_WATCH_SECONDS, self._not_before - time.monotonic()))
        return _WATCH_SECONDS

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _renew(self, *_: object) -> None:
        self._renewing = self._is_steady

    def _is_home_there(self) -> bool:
        try:
            return os.path.samestat(os.stat(os.path.join(self._home, "server.lock")), os.fstat(self._lock))
        except OSError:
            return False

    def _start(self) -> None:
        """Start a server. It keeps the lease too, so that nobody opens a second door while it lives."""
        ready, says = os.pipe()
        given = (self._lock, self._listener.fileno(), self._life, says)
        command = [
            sys.executable,
            "-m",
            "lazulite.server",
            self._home,
            *map(str, given[1:]),
            *self._arguments,
        ]
        sys.stdout.flush()
        # A signal to the child that came before it is a program of its own would reach our handlers and be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        child = os.fork()
        if child:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
            os.close(says)
            self._servers.append(Server(child, ready))
            return
        try:
            signal.set_wakeup_fd(-1)
            for number in _HEARD:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
            os.close(self._lifeline)
            for descriptor in given:
                os.set_inheritable(descriptor, True)
            os.execv(sys.executable, command)  # noqa: S606 - ourselves
        finally:
            os._exit(127)

    def _hear(self, server: Server) -> None:
        """A server answers, or has ended; those before one that answers have done their part."""
        server.is_heard = True
        server.answers = bool(os.read(server.ready, 1))
        if server.answers:
            for older in self._servers[: self._servers.index(server)]:
                older.end()

    def _reap(self, server: Server) -> None:
        ended, status = os.waitpid(server.pid, os.WNOHANG)
        if not ended:
            return
        self._servers.remove(server)
        os.close(server.ready)
        code = os.waitstatus_to_exitcode(status)
        if code and not self._stopping:
            print(f"a server ended with the exit code {code}", flush=True)
            # One that had answered is replaced at once; who waits is answered by the next.
            if (
                not server.answers
                and time.monotonic() - server.started < _STARTED_SECONDS
                and not self._servers
            ):
                self._not_before = time.monotonic() + _AGAIN_SECONDS
                self._apologize()

    def _apologize(self) -> None:
        """Answer those who wait for a server that does not start: a word is better than silence."""
        text = "The server of Lazulite could not be started. Its log says why.\n"
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

    def _end_servers(self) -> None:
        os.close(self._lifeline)
        for server in self._servers:
            server.end()
        deadline = time.monotonic() + _GRACE_SECONDS
        while self._servers:
            _readable([self._wake], 0.05)
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake, 4096)
            for server in list(self._servers):
                if time.monotonic() > deadline:
                    os.kill(server.pid, signal.SIGKILL)
                self._reap(server)


def _readable(descriptors: list[int], seconds: float) -> set[int]:
    """Which of the open files can be read, after at most so long. Not by `select`: it takes none above 1023, and the
    numbers of ours are those that they had where they were opened."""
    waiting = select.poll()
    for descriptor in descriptors:
        waiting.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _ in waiting.poll(seconds * 1000)}


def announce(home: str) -> None:
    """Write down who is to be told to stop."""
    about = os.path.join(home, "server.json")
    with open(about, encoding="utf-8") as file:
        said = json.load(file)
    said["pid"] = os.getpid()
    draft = f"{about}.{os.getpid()}"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(said, file)
    os.replace(draft, about)


def main(home: str, lock: str, listener: str, kind: str, *arguments: str) -> None:
    """Be the door of `home`."""
    door = Door(home, int(lock), int(listener), kind, list(arguments))
    if kind == "door":
        # Go on in the background as nobody's child.
        if os.fork():
            os._exit(0)
        os.umask(0o077)
    announce(home)
    door.keep()


if __name__ == "__main__":
    main(*sys.argv[1:])
