"""Uploading to a local datastore, beside `cp -r`: one large file, and many small ones."""

from __future__ import annotations

import os
import shutil

from benchmarks import programs
from benchmarks.bench import Bench
from benchmarks.ours.home import Home, Wrong, home

LARGE, SMALL = "upload-large", "upload-small"
COPY = "cp -r"
UPLOAD = "Lazulite, Datastore.upload"
_MEGABYTE = 1024 * 1024
_SMALL_BYTES = 4096


def measure(bench: Bench) -> None:
    """Copy the same folders by both, in turns; what was copied is removed before the next turn."""
    megabytes, files = bench.sizes.upload_megabytes, bench.sizes.upload_files
    with home(bench.new_folder("upload") / "home") as place:
        place.start()
        folder = place.folder.parent
        block = os.urandom(_MEGABYTE)
        (folder / "large").mkdir()
        with (folder / "large" / "file.bin").open("wb") as file:
            for _ in range(megabytes):
                file.write(block)
        (folder / "small").mkdir()
        for number in range(files):
            (folder / "small" / f"{number:04}.bin").write_bytes(os.urandom(_SMALL_BYTES))
        _compare(bench, place, "large", LARGE, f"Upload of one file of {megabytes:,} MB")
        _compare(bench, place, "small", SMALL, f"Upload of {files:,} files of {_SMALL_BYTES // 1024} KB")


def _compare(bench: Bench, place: Home, name: str, key: str, title: str) -> None:
    group = bench.results.group(
        key,
        title,
        "s",
        COPY,
        "`cp -r` is timed as a program, `upload` as a call; the files are in the system's cache, and what was written before "
        "is on the disk when the clock starts.",
    )
    source = place.folder.parent / name
    target = place.folder.parent / "copy"

    def copy() -> None:
        os.sync()
        ended = programs.run(
            ["cp", "-r", str(source), str(target)], source.parent, place.environment, bench.limit
        )
        if ended.timed_out or ended.code:
            raise Wrong(f"cp: {ended.failure}")
        group.add(COPY, ended.wall)
        shutil.rmtree(target)

    def upload() -> None:
        os.sync()
        group.add(UPLOAD, place.call("upload.py", str(source), name, limit=bench.limit)["seconds"])
        _remove_uploaded(place, name)

    bench.rounds({COPY: copy, UPLOAD: upload})
    bench.say(f"{title}: {group.median(UPLOAD) or 0:.2f} s, cp {group.median(COPY) or 0:.2f} s")


def _remove_uploaded(place: Home, name: str) -> None:
    found = list(place.folder.glob(f"workspaces/*/datastores/*/{name}"))
    if len(found) != 1:
        raise Wrong(f"The upload is found {len(found)} times below the home.")
    shutil.rmtree(found[0])
