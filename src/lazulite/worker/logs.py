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
"""

from __future__ import annotations

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
        self._artifacts = artifacts
        self._tails = {"stdout": b"", "stderr": b"", "": b""}
        for folder in ("azureml-logs", "logs/azureml"):
            (artifacts / folder).mkdir(parents=True, exist_ok=True)
        for name in (_DRIVER, _STORY, *_STREAMS.values()):
            (artifacts / name).touch()

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
        now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        self._append(_STORY, f"[{now}Z] {text}\n".encode())

    def image(self, text: str) -> None:
        self._append(_IMAGE, f"{text}\n".encode())

    def execution(self, text: str) -> None:
        self._both(_EXECUTION, text)

    def preparation(self, text: str) -> None:
        self._both(_PREPARATION, text)

    def post(self, text: str) -> None:
        self._both(_POST, text)

    def _both(self, name: str, text: str) -> None:
        self.story(text)
        self._append(name, f"{text}\n".encode())

    def _append(self, name: str, data: bytes) -> None:
        try:
            with (self._artifacts / name).open("ab", buffering=0) as file:
                file.write(data)
        except OSError as error:
            self.trouble = error
