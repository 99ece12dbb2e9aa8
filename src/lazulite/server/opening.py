"""How `lazulite serve` begins: everything is looked at before anything listens, and then the door takes over.

The socket is made here, or was made by systemd (`LISTEN_FDS`), which keeps it while everything here is replaced.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from lazulite.api.home_secrets import home_token
from lazulite.model.errors import Conflict, Forbidden, InvalidRequest, ServiceUnavailable
from lazulite.model.outbox import ENV_DATABASE
from lazulite.server.configuration import Configuration, load
from lazulite.service import address
from lazulite.service.local import LocalService

_BACKLOG = 1024
#: The password of the first user, where none has been made, and the file it stands in where it was not given.
ENV_ADMIN = "LAZULITE_ADMIN_PASSWORD"
FIRST_PASSWORD = "first-password"  # noqa: S105 - the name of a file
#: Where systemd puts the first socket it hands over.
_FIRST_SOCKET = 3


def serve(location: str, file: Path | None, tell: Callable[[str], None], **given: Any) -> NoReturn:
    """Become the process that serves `location` until it is told to stop.

    Args:
        location: The home folder.
        file: The configuration file, or None for the home's own.
        tell: Called with what people are told, once it listens.
        given: Options of the command line (`host`, `port`); None for what was not given.

    Raises:
        Conflict: the home is served already, or the port is taken.
        Forbidden: this user may not listen there.
        InvalidRequest, NotFound, StorageError: as `configuration.load`.
    """
    home = address.home_at(location)
    configuration = load(home.root, file, os.environ, **given)
    if configuration.database_url:
        os.environ[ENV_DATABASE] = configuration.database_url
    service = LocalService(str(home.root))
    home_token(str(home.root))
    about_first = _somebody_is_known(service, configuration)
    with address.taken_over(home) as lock, _listener(configuration) as listener:
        url = (
            configuration.url
            if configuration.port
            else f"http://{configuration.host}:{listener.getsockname()[1]}"
        )
        address.announce(home, address.Listening(url, os.getpid(), kind="serve"))
        tell(f"Lazulite serves {home.root} at {url} (process {os.getpid()}).")
        if about_first:
            tell(about_first)
        for descriptor in (lock, listener.fileno()):
            os.set_inheritable(descriptor, True)
        door = [str(address.DOOR), str(home.root), str(lock), str(listener.fileno()), "serve"]
        config = str(file.absolute()) if file else "-"
        os.execv(sys.executable, [sys.executable, "-I", "-S", *door, config])  # noqa: S606 - ourselves


def _somebody_is_known(service: LocalService, configuration: Configuration) -> str:
    """See to it that somebody can log in: without any user yet, and without an issuer, the first administrator is made.
    Returns what to tell about that.

    Raises:
        InvalidRequest: the password that was given for it is too short.
    """
    if configuration.oidc:
        return ""
    made = service.access.first_administrator(os.environ.pop(ENV_ADMIN, None) or None)
    if made is None:
        return ""
    principal, password = made
    if password is None:
        return f"The first user is {principal.name!r}, with the password that {ENV_ADMIN} gave."
    if sys.stdout.isatty():
        return f"The first user is {principal.name!r}, with the password {password} (shown only now)."
    # What goes into a log is read by more people than a file of the home.
    file = service.cache_folder.parent / FIRST_PASSWORD
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(password + "\n")
    return f"The first user is {principal.name!r}; its password stands in {file}. Change it, and delete the file."


def _listener(configuration: Configuration) -> socket.socket:
    if os.environ.get("LISTEN_PID") == str(os.getpid()):
        if os.environ.get("LISTEN_FDS") != "1":
            raise InvalidRequest(
                "systemd hands over several sockets. Expected one ListenStream in the socket unit."
            )
        return socket.socket(fileno=_FIRST_SOCKET)
    host, port = configuration.host, configuration.port
    try:
        family, _, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise InvalidRequest(
            f"The host {host!r} is no address of this machine ({error.strerror})."
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _refused(host, port, error) from error
    return listener


def _refused(host: str, port: int, error: OSError) -> Exception:
    if error.errno == errno.EADDRINUSE:
        return Conflict(
            f"Another program listens on {host}:{port} already. Choose another port: --port, or port in server.yaml."
        )
    if error.errno == errno.EACCES:
        return Forbidden(
            f"This user may not listen on the port {port}. Choose one above 1023, and put a proxy before it."
        )
    return ServiceUnavailable(f"The server cannot listen on {host}:{port} ({error.strerror}).")
