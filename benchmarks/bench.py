"""What every measurement is given: sizes, limits, a folder that is removed, the peers that are there, and the results."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.installing import Installed
from benchmarks.peers import Peer
from benchmarks.results import Results


@dataclass(frozen=True)
class Sizes:
    """How much work the measurements do."""

    chain: int = 20
    join: int = 100
    fan_out: int = 1000
    large: tuple[int, int] = (100, 100)
    snapshot_files: int = 10_000
    upload_megabytes: int = 1000
    upload_files: int = 1000
    runs: int = 100_000
    latencies: int = 21
    starts: int = 15
    idle_seconds: float = 3.0
    load_seconds: float = 4.0
    transfer_files: int = 1000
    transfer_megabytes: int = 500


QUICK = Sizes(3, 4, 8, (10, 10), 300, 20, 50, 2000, 5, 3, 1.0, 1.0, 50, 20)


@dataclass
class Bench:
    """One run of the benchmark.

    Attributes:
        sizes: How much work.
        repeat: Turns of each subject, at most.
        patience: Seconds that a subject's turns in one table may take together; it has no further turn after that.
        limit: Seconds after which a turn is ended.
        folder: Where everything is written; removed at the end.
        peers: The tools that take part and are there.
        missing: Those that are not, each with the reason.
        say: Shows progress.
    """

    sizes: Sizes
    repeat: int
    patience: float
    limit: float
    folder: Path
    results: Results
    peers: Mapping[Peer, Installed] = field(default_factory=dict)
    missing: Mapping[Peer, str] = field(default_factory=dict)
    say: Callable[[str], None] = print

    def new_folder(self, name: str) -> Path:
        """Return a new empty folder; the name is a beginning of its name."""
        number = 0
        while (folder := self.folder / f"{name}{number}").exists():
            number += 1
        folder.mkdir(parents=True)
        return folder

    def rounds(self, subjects: Mapping[str, Callable[[], None]], repeat: int | None = None) -> None:
        """Let the subjects take turns, so that noise of the machine meets all of them.

        Args:
            subjects: By name what one turn of each does.
            repeat: Turns, where the measurement has a number of its own.
        """
        used = dict.fromkeys(subjects, 0.0)
        for turn in range(self.repeat if repeat is None else repeat):
            for name, take in subjects.items():
                if turn and used[name] > self.patience:
                    continue
                started = time.monotonic()
                take()
                used[name] += time.monotonic() - started
