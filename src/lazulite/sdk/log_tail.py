"""The log files of a run as they grow, line by whole line."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lazulite.sdk.artifacts import RunFiles

#: How the environment is built, and what the script prints. What the worker itself notes stays in its own files.
_STREAMED = re.compile(r"azureml-logs/(20|70)_.*\.txt")
#: What a step's script printed, by v1's name.
DRIVER_LOG = "azureml-logs/70_driver_log.txt"
#: How its environment was built; where that failed, the script printed nothing.
BUILD_LOG = "azureml-logs/20_image_build_log.txt"
_CHUNK = 1 << 18


@dataclass
class _Log:
    offset: int = 0
    rest: str = ""
    decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")(errors="replace")
    )


class LogTail:
    """What was added to a run's logs since the last look.

    Args:
        files: The files of the run. Its logs may not exist yet.
    """

    def __init__(self, files: RunFiles) -> None:
        self._files = files
        self._logs: dict[str, _Log] = {}

    def lines(self, *, ended: bool = False) -> Iterator[str]:
        """Yield the lines that are complete by now, without their line ends.

        Of a line that was drawn over and over with carriage returns (a progress bar) the last state is given.

        Args:
            ended: Nothing will be added any more: give what stands behind the last line end too.
        """
        for name, info in self._files.infos("azureml-logs/"):
            if _STREAMED.fullmatch(name):
                log = self._logs.setdefault(name, _Log())
                if info.size > log.offset:
                    yield from self._added(name, log)
                if ended and log.rest:
                    yield _settled(log.rest)
                    log.rest = ""

    def _added(self, name: str, log: _Log) -> Iterator[str]:
        with self._files.open(name, log.offset) as file:
            while chunk := file.read(_CHUNK):
                log.offset += len(chunk)
                *whole, log.rest = (log.rest + log.decoder.decode(chunk)).split("\n")
                for line in whole:
                    yield _settled(line)


def _settled(line: str) -> str:
    return line.rstrip("\r").rpartition("\r")[2]
