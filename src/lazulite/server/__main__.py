"""`python -m lazulite.server HOME LISTENER LIFELINE READY [CONFIG]`: one server's process, started by a door.

LISTENER is an open socket, LIFELINE an open file at whose end the server ends, READY one on which it says that it
answers. With CONFIG (a file, or "-" for the home's own) it serves a team, without it its owner on this machine.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from lazulite.server import care
from lazulite.server.app import make_app
from lazulite.server.auth.guard import AccessGuard
from lazulite.server.auth.issuer import issuers
from lazulite.server.configuration import Configuration, load
from lazulite.server.running import Running, Terms, adopted
from lazulite.server.settings import Settings
from lazulite.server.visitors import Visitors
from lazulite.service.local import LocalService

#: Seconds without a request after which a server that was started on demand stops.
IDLE_SECONDS = 900.0


def main(home: str, listener: str, lifeline: str, ready: str, config: str | None = None) -> int:
    """Answer for `home` until told to stop, or nobody comes."""
    began = time.monotonic()
    team = None if config is None else load(Path(home), None if config == "-" else Path(config), os.environ)
    settings = team.settings() if team else Settings()
    service = LocalService(home)
    guard = (
        AccessGuard(service.access, issuers(team.oidc), team.rules()) if team else AccessGuard(service.access)
    )
    app = make_app(service, guard, settings)
    visitors = Visitors(app, app.state.news.close)
    server = Running(visitors, _terms(team), int(lifeline), int(ready))
    print(f"server {os.getpid()} starts, after {time.monotonic() - began:.2f} s", flush=True)
    cared = care.begin(service) if team else None
    server.answer_on(adopted(int(listener)))
    if cared is not None:
        cared.set()
    print(f"server {os.getpid()} has stopped", flush=True)
    return 0


def _terms(team: Configuration | None) -> Terms:
    if team:
        return Terms(grace_seconds=team.grace_seconds, trusted_proxies=team.trusted_proxies)
    return Terms(idle_seconds=_idle_seconds())


def _idle_seconds() -> float:
    given = os.environ.get("LAZULITE_SERVER_IDLE_SECONDS", "")
    try:
        return float(given) if given else IDLE_SECONDS
    except ValueError:
        print(f"LAZULITE_SERVER_IDLE_SECONDS={given!r} is not a number of seconds; {IDLE_SECONDS:g} is used.")
        return IDLE_SECONDS


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
