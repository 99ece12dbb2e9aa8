"""`lazulite serve` in a process of its own, and clients that call it in a loop."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests

from lazulite.api.home_secrets import home_token
from lazulite.model.codec import to_data


@dataclass
class Served:
    """A server: where it answers, and its processes."""

    url: str
    process: subprocess.Popen[str]
    headers: dict[str, str]

    def get(self, path: str) -> requests.Response:
        return requests.get(self.url + path, headers=self.headers, timeout=30)

    def servers(self) -> list[psutil.Process]:
        """The processes that answer, oldest first."""
        found = psutil.Process(self.process.pid).children()
        return sorted(found, key=lambda one: one.create_time())


@contextmanager
def served(home: Path, *arguments: str, answers_at: str | None = None, **variables: str) -> Iterator[Served]:
    """`lazulite serve` on a free port, which answers when the block begins.

    Args:
        home: The home folder.
        arguments: Of the command line.
        answers_at: Where it answers, if it is told another address of itself.
        variables: Of the environment.
    """
    command = [
        str(Path(sys.executable).with_name("lazulite")),
        "--home",
        str(home),
        "serve",
        "--port",
        "0",
        *arguments,
    ]
    log = (home.parent / "serve.log").open("a+")
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        env={**os.environ, "LAZULITE_SERVER": "on", **variables},
    )
    try:
        assert process.stdout
        said = process.stdout.readline()
        found = re.search(r"at (http\S+) \(process", said)
        assert found, said + (home.parent / "serve.log").read_text()
        url = answers_at or found[1]
        here = Served(url, process, {"Authorization": f"Bearer {home_token(str(home))}"})
        assert here.get("/health").status_code == 200
        yield here
    finally:
        process.terminate()
        process.wait(60)
        if process.stdout:
            process.stdout.close()
        log.close()


@dataclass
class Submitter:
    """Submits runs in a loop on a thread. `accepted`: the ids that were acknowledged; `failed`: what else came."""

    served: Served
    workspace: str
    submission: Any
    accepted: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __enter__(self) -> Submitter:  # noqa: PYI034 - Self is not in Python 3.10's typing
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._submit)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _submit(self) -> None:
        url = f"{self.served.url}/api/v1/workspaces/{self.workspace}/runs"
        body = to_data(self.submission)
        while not self._stopped.is_set():
            try:
                answer = requests.post(url, json=body, headers=self.served.headers, timeout=60)
            except requests.RequestException as error:
                self.failed.append(repr(error))
                continue
            if answer.ok:
                self.accepted.append(answer.json()["id"])
            else:
                self.failed.append(f"{answer.status_code} {answer.text}")


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)
