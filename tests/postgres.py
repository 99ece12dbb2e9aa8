"""A real PostgreSQL server for tests, with passwords, on a free port of this machine; it ends with the tests.

Its programs come from the distribution (`.ci/run` installs them). They refuse to run as root, so there the server
belongs to the user `postgres`, which the distribution's package makes.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_OWNER = "lazulite"
#: What a test server does without: it need not survive a power failure.
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Server:
    """A running server. `database()` makes an empty database and gives its URL."""

    folder: Path
    port: int
    password: str

    def database(self) -> str:
        import psycopg

        name = f"t{secrets.token_hex(6)}"
        with psycopg.connect(self._words("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return f"postgresql+psycopg://{_OWNER}:{self.password}@127.0.0.1:{self.port}/{name}"

    def drop(self, url: str) -> None:
        import psycopg

        name = url.rpartition("/")[2]
        with psycopg.connect(self._words("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def restart(self) -> None:
        """As an administrator does: all connections are cut."""
        _control(self.folder, "restart", "-m", "fast")

    def _words(self, name: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={_OWNER} password={self.password} dbname={name}"


@contextmanager
def running() -> Iterator[Server]:
    """A server that lives inside the block."""
    programs()
    # Not below pytest's own folder, which only root may enter.
    folder = Path(tempfile.mkdtemp(prefix="lazulite-pg-"))
    server = Server(folder, _free_port(), secrets.token_hex(8))
    secret = folder / "password"
    secret.write_text(server.password)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        shutil.chown(secret, "postgres")
    try:
        _run(
            "initdb",
            "-D",
            str(folder / "data"),
            "-U",
            _OWNER,
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
            "--no-sync",
        )
        settings = (
            "listen_addresses=127.0.0.1",
            f"port={server.port}",
            f"unix_socket_directories={folder}",
            *_QUICK,
        )
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(
                "".join(
                    f"{name} = '{value}'\n" for name, _, value in (one.partition("=") for one in settings)
                )
            )
        _control(folder, "start")
        try:
            yield server
        finally:
            _control(folder, "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def programs() -> Path:
    """The folder of the server's programs; the test is skipped where there is none."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if not found:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    return found[0]


def _control(folder: Path, *words: str) -> None:
    _run("pg_ctl", "-D", str(folder / "data"), "-l", str(folder / "log"), "-w", *words)


def _run(program: str, *arguments: str) -> None:
    command: Sequence[str] = (str(programs() / program), *arguments)
    if os.geteuid() == 0:
        command = ("runuser", "-u", "postgres", "--", *command)
    # No pipe: the server would keep it open.
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
