"""A server's life: answering on a socket that it was given, until it is told to stop, nobody comes, or its door is gone."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass

import uvicorn

from lazulite.server.visitors import Visitors

#: Between closing the socket and closing connections on which nothing is asked: one that was just accepted has had time
#: to ask, and busy clients have been told to connect anew.
_FAREWELL_SECONDS = 0.5
#: How long a busy thread keeps the others waiting. A tenth of Python's own: worker threads hand answers to the loop, and
#: the loop hands requests to them.
_SWITCH_SECONDS = 0.0005


@dataclass(frozen=True)
class Terms:
    """How long a server waits for what. `idle_seconds` None: it does not stop by itself."""

    idle_seconds: float | None = None
    grace_seconds: int = 20
    keep_alive_seconds: int = 75
    trusted_proxies: tuple[str, ...] = ()


class Running(uvicorn.Server):
    """uvicorn's server, with our ends.

    Args:
        visitors: The application.
        terms: When it stops.
        lifeline: An open file at whose end the server ends, or None.
        ready: An open file to say a byte on when it answers, or None.
    """

    def __init__(
        self, visitors: Visitors, terms: Terms, lifeline: int | None = None, ready: int | None = None
    ) -> None:
        super().__init__(
            uvicorn.Config(
                visitors,
                log_config=None,
                access_log=False,  # addresses may hold keys
                ws="none",
                server_header=False,
                proxy_headers=bool(terms.trusted_proxies),
                forwarded_allow_ips=list(terms.trusted_proxies),
                timeout_graceful_shutdown=terms.grace_seconds,
                timeout_keep_alive=terms.keep_alive_seconds,
            )
        )
        self._visitors = visitors
        self._terms = terms
        self._life: select.poll | None = None
        if lifeline is not None:  # its number may be above those that `select` takes
            self._life = select.poll()
            self._life.register(lifeline, select.POLLIN)
        self._ready = ready

    def answer_on(self, listener: socket.socket) -> None:
        """Serve until the end. SIGTERM and SIGINT end it in order, and with the exit code 0."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told)
        sys.setswitchinterval(_SWITCH_SECONDS)
        gc.collect()
        gc.freeze()  # what is imported stays
        self.run(sockets=[listener])

    def _told(self, *_: object) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready is not None and self.started:
            with contextlib.suppress(OSError):
                os.write(self._ready, b"!")
            os.close(self._ready)

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0 and self._is_left():
            self.should_exit = True
        return await super().on_tick(counter)

    def _is_left(self) -> bool:
        idle = self._terms.idle_seconds
        if idle is not None and self._visitors.idle_seconds > idle:
            return True
        return self._life is not None and bool(self._life.poll(0))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        self._visitors.see_off()
        await asyncio.sleep(_FAREWELL_SECONDS if self.server_state.connections else 0)
        await super().shutdown(sockets)


def adopted(descriptor: int) -> socket.socket:
    """The listening socket that an open file is."""
    listener = socket.socket(fileno=descriptor)
    listener.setblocking(False)
    return listener
