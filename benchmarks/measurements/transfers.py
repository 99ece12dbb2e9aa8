"""Moving files to datastores and back, beside Microsoft's own client and a loop over `shutil`: time and memory."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests import azurite  # the same server that the tests start

from benchmarks import programs
from benchmarks.bench import Bench
from benchmarks.ours.home import Wrong

OURS = "Lazulite"
OFFICIAL, LOOP = "azure-storage-blob", "shutil, a loop"
SMALL, LARGE = "small", "large"
MEMORY = "transfers-memory"
_MEGABYTE = 1 << 20
_SMALL_BYTES = 10 << 10
_PROGRAMS = {OURS: "ours", OFFICIAL: "official", LOOP: "loop"}


def key(where: str, files: str, way: str) -> str:
    """The key of a table: where is azurite or folder."""
    return f"transfers-{where}-{files}-{way}"


@dataclass(frozen=True)
class _Files:
    name: str
    title: str
    folder: Path


def measure(bench: Bench) -> None:
    """Each way for each kind of files, to Azurite and to a folder, those who take part in turns."""
    place = bench.new_folder("transfers")
    many, megabytes = bench.sizes.transfer_files, bench.sizes.transfer_megabytes
    kinds = [
        _Files(
            SMALL, f"{many:,} files of {_SMALL_BYTES >> 10} KB", _written(place / SMALL, many, _SMALL_BYTES)
        ),
        _Files(LARGE, f"one file of {megabytes:,} MB", _written(place / LARGE, 1, megabytes * _MEGABYTE)),
    ]
    for files in kinds:
        _compare(bench, place, "azurite", files, OFFICIAL, _container)
        _compare(bench, place, "folder", files, LOOP, partial(_folder, bench))


@contextmanager
def _container() -> Iterator[str]:
    """A container at a new Azurite: one that has kept files is slower for whoever comes next."""
    with azurite.running() as server:
        yield f"{server.url} {azurite.KEY} {server.container()}"


@contextmanager
def _folder(bench: Bench) -> Iterator[str]:
    folder = bench.new_folder("transfers-target")
    yield str(folder)
    shutil.rmtree(folder)


def _written(folder: Path, count: int, size: int) -> Path:
    folder.mkdir()
    block = os.urandom(min(size, _MEGABYTE))
    for number in range(count):
        with (folder / f"{number:04}.bin").open("wb") as file:
            for _ in range(max(1, size // len(block))):
                file.write(block)
    return folder


def _compare(
    bench: Bench,
    place: Path,
    where: str,
    files: _Files,
    other: str,
    target: Callable[[], AbstractContextManager[str]],
) -> None:
    what = "Azurite" if where == "azurite" else "a folder"
    groups = {
        way: bench.results.group(
            key(where, files.name, way),
            f"{'Upload to' if way == 'up' else 'Download from'} {what}: {files.title}",
            "s",
            other,
            "A process each, timed from its first request to the end of the last; server and client share this machine.",
        )
        for way in ("up", "down")
    }
    memory = bench.results.group(
        MEMORY, "Memory of transfers", "MB", text="The most that the process ever had."
    )

    def turn(subject: str) -> None:
        here = bench.new_folder("transfers-down")
        with target() as there:
            for way, folder in (("up", files.folder), ("down", here)):
                os.sync()
                answer = _run(bench, place, subject, way, folder, there)
                groups[way].add(subject, answer["seconds"])
                memory.add(f"{subject} · {what}, {files.title}, {way}", answer["megabytes"])
        if sum(file.stat().st_size for file in here.rglob("*.bin")) != sum(
            file.stat().st_size for file in files.folder.iterdir()
        ):
            raise Wrong(f"{subject} did not bring back what was sent.")
        shutil.rmtree(here)

    bench.rounds({other: lambda: turn(other), OURS: lambda: turn(OURS)})
    for way, group in groups.items():
        bench.say(
            f"{group.title}: {group.median(OURS) or 0:.2f} s, {other} {group.median(other) or 0:.2f} s ({way})"
        )


def _run(bench: Bench, place: Path, subject: str, way: str, folder: Path, there: str) -> dict[str, float]:
    answer = place / "answer.json"
    answer.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        f"benchmarks.transfers.{_PROGRAMS[subject]}",
        way,
        str(folder),
        there,
        str(answer),
    ]
    ended = programs.run(
        command, Path(__file__).parents[2], programs.environment(), bench.limit, place / "log"
    )
    if ended.timed_out or ended.code:
        raise Wrong(f"{subject}, {way}: {ended.failure}")
    found: dict[str, float] = json.loads(answer.read_text(encoding="utf-8"))
    return found
