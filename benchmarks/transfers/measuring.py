"""What each of the programs measures, and how it says so."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_UNIT = 1 << 20 if sys.platform == "darwin" else 1 << 10  # what ru_maxrss counts


T = TypeVar("T")


def measured(opened: Callable[[str], T], ways: dict[str, Callable[[Path, T], None]]) -> None:
    """Do what the command line says, and write the answer. The clock starts when the place has been opened."""
    way, folder, place, answer = sys.argv[1:]
    there = opened(place)
    started = time.perf_counter()
    ways[way](Path(folder), there)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNIT
    Path(answer).write_text(json.dumps({"seconds": seconds, "megabytes": memory}), encoding="utf-8")


def files_of(folder: Path) -> list[Path]:
    """The files of a folder."""
    return sorted(one for one in folder.iterdir() if one.is_file())
