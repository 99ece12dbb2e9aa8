"""A loop over `shutil.copy2`."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.transfers.measuring import files_of, measured


def main() -> None:
    """Measure."""
    measured(Path, {"up": upload, "down": download})


def upload(folder: Path, place: Path) -> None:
    """Copy the files of a folder."""
    target = place / "in"
    target.mkdir()
    for file in files_of(folder):
        shutil.copy2(file, target / file.name)


def download(folder: Path, place: Path) -> None:
    """Copy all files to a folder."""
    (folder / "in").mkdir()
    for file in files_of(place / "in"):
        shutil.copy2(file, folder / "in" / file.name)


if __name__ == "__main__":
    main()
