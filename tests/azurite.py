"""A real Azurite for tests: Microsoft's own Azure Storage emulator, blobs only, on a free port of this machine.

`scripts/setup-services` installs it beside the virtual environment. What it cannot show: hierarchical namespaces
(ADLS Gen2 proper), Entra ID tokens, file shares.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from lazulite.model.assets import Datastore

#: Azurite's one account, with the key that its documentation prints.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
_SECONDS_TO_START = 60


@dataclass
class Azurite:
    """A running server. `kill` ends it as a crash does; `start` brings it back with the same port and data."""

    folder: Path
    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The address of the account's blobs."""
        return f"http://127.0.0.1:{self.port}/{ACCOUNT}"

    def start(self) -> None:
        node, program = programs()
        options = ("--silent", "--skipApiVersionCheck", "--disableTelemetry", "--disableProductStyleUrl")
        where = ("--blobHost", "127.0.0.1", "--blobPort", str(self.port), "--location", str(self.folder))
        self._process = subprocess.Popen(
            [node, str(program), *where, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )
        wait_for(self._process, self.port)

    def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(sign)
            self._process.wait()
            self._process = None

    def container(self) -> str:
        """Make an empty container and return its name."""
        from azure.storage.blob import BlobServiceClient

        name = f"c{uuid.uuid4().hex[:12]}"
        with BlobServiceClient(self.url, credential=KEY) as client:
            client.create_container(name)
        return name

    def datastore(self, name: str = "blobs", container: str = "", **changes: Any) -> Datastore:
        """The record of a datastore for a container, by default a new one; its secret is plain."""
        record = Datastore(
            name,
            type="azure_blob",
            container_name=container or self.container(),
            account_name=ACCOUNT,
            protocol="http",
            endpoint=f"127.0.0.1:{self.port}",
            auth="account_key",
            secret=json.dumps({"account_key": KEY}),
        )
        return replace(record, **changes)

    def wait_until_saved(self, text: str) -> None:
        """Wait until a kill would not lose what was written; Azurite saves its tables every few seconds."""
        table = self.folder / "__azurite_db_blob__.json"
        until = time.monotonic() + _SECONDS_TO_START
        while not (table.exists() and text in table.read_text()):
            assert time.monotonic() < until, "Azurite did not save its tables"
            time.sleep(0.1)


@contextmanager
def running() -> Iterator[Azurite]:
    """A server that lives inside the block."""
    programs()
    folder = Path(tempfile.mkdtemp(prefix="lazulite-azurite-"))
    server = Azurite(folder, free_port())
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def programs() -> tuple[str, Path]:
    """Node and Azurite's program; the test is skipped where one is missing."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed, which Azurite needs")
    place = Path(os.environ.get("LAZULITE_TEST_SERVICES", Path(sys.prefix) / "services"))
    program = place / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    if not program.exists():
        pytest.skip(f"Azurite is not installed in {place} (scripts/setup-services)")
    return node, program


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    """Return when something listens on the port.

    Raises:
        RuntimeError: the process ended, or took too long.
    """
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not listen on port {port}")
