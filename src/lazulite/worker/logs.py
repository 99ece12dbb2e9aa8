"""The log files of a run, under v1's names, in the run's artifact folder.

    azureml-logs/20_image_build_log.txt   the environment, only if something was built or noted
    azureml-logs/55_azureml-execution.txt where and how the script was started
    azureml-logs/65_job_prep.txt          staging: snapshot, environment, inputs, outputs
    azureml-logs/70_driver_log.txt        what the script printed, stdout and stderr as they came
    azureml-logs/75_job_post.txt          publishing: outputs, leftovers
    logs/azureml/{stdoutlogs,stderrlogs}.txt   the same as 70, apart
    logs/azureml/executionlogs.txt        the worker's whole story

Files are appended to, so that a second try of a step keeps the words of the first. A log that cannot be written
(a full disk) never ends a job: the error is kept in `trouble` and the script goes on.

What the script prints, and what is told while an environment is built, is written at once; the worker's own words are
gathered until `flush`, before and after anything that may take long.
"""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import datetime, timezone
from pathlib import Path

_KEPT = 1 << 17  # bytes of the script's output kept in memory for the error message

_IMAGE = "azureml-logs/20_image_build_log.txt"
_EXECUTION = "azureml-logs/55_azureml-execution.txt"
_PREPARATION = "azureml-logs/65_job_prep.txt"
_DRIVER = "azureml-logs/70_driver_log.txt"
_POST = "azureml-logs/75_job_post.txt"
_STORY = "logs/azureml/executionlogs.txt"
_STREAMS = {"stdout": "logs/azureml/stdoutlogs.txt", "stderr": "logs/azureml/stderrlogs.txt"}

#: Names below `logs/` that are the worker's: a script's own `./logs` does not replace them.
RESERVED = frozenset(name.removeprefix("logs/") for name in (_STORY, *_STREAMS.values()))


class RunLogs:
    """The log files of one job."""

    def __init__(self, artifacts: Path) -> None:
        """Create the folders and the files that every run has.

        Raises:
            OSError: the artifact folder cannot be written.
        """
        self.trouble: OSError | None = None
        self._artifacts = str(artifacts)
        self._tails = {"stdout": b"", "stderr": b"", "": b""}
        self._open: dict[str, int] = {}
        self._gathered: defaultdict[str, list[str]] = defaultdict(list)
        for folder in ("azureml-logs", "logs", "logs/azureml"):
            self._make(f"{self._artifacts}/{folder}")
        try:
            for name in (_DRIVER, _STORY, *_STREAMS.values()):
                self._descriptor(name)
        except BaseException:
            self.close()
            raise

    def script(self, stream: str, data: bytes) -> None:
        """Take what the script wrote to `stream` ("stdout" or "stderr")."""
        for key in (stream, ""):
            self._tails[key] = (self._tails[key] + data)[-_KEPT:]
        self._append(_DRIVER, data)
        self._append(_STREAMS[stream], data)

    def tail(self, stream: str = "") -> str:
        """Return the end of what this job's script wrote, to one stream or ("") to both."""
        return self._tails[stream].decode(errors="replace")

    def story(self, text: str) -> None:
        """Add to the worker's story only."""
        now = datetime.now(timezone.utc).isoformat(" ", "milliseconds")[:23]
        self._gathered[_STORY].append(f"[{now}Z] {text}\n")

    def image(self, text: str) -> None:
        self._append(_IMAGE, f"{text}\n".encode())

    def execution(self, text: str) -> None:
        self._both(_EXECUTION, text)

    def preparation(self, text: str) -> None:
        self._both(_PREPARATION, text)

    def post(self, text: str) -> None:
        self._both(_POST, text)

    def flush(self) -> None:
        """Write what was gathered."""
        for name, lines in self._gathered.items():
            self._append(name, "".join(lines).encode())
        self._gathered.clear()

    def close(self) -> None:
        """Write what was gathered and close the files."""
        self.flush()
        for descriptor in self._open.values():
            os.close(descriptor)
        self._open.clear()

    def _make(self, folder: str) -> None:
        try:
            os.mkdir(folder)
        except FileExistsError:  # of an earlier try
            pass
        except FileNotFoundError:
            os.makedirs(folder)

    def _both(self, name: str, text: str) -> None:
        self.story(text)
        self._gathered[name].append(f"{text}\n")

    def _append(self, name: str, data: bytes) -> None:
        try:
            descriptor = self._descriptor(name)
            while data:
                data = data[os.write(descriptor, data) :]
        except OSError as error:
            self.trouble = error

    def _descriptor(self, name: str) -> int:
        if name not in self._open:
            path = f"{self._artifacts}/{name}"
            self._open[name] = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        return self._open[name]
