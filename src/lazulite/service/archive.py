"""The file that a backup is: a tar archive with its records, its files, and the digest of each of them.

backup.json       what made it: format, version, schema, time
records.jsonl     all facts (`records.dump`)
workspaces/…      code and data, as below the home folder
manifest.jsonl    size and SHA-256 of every file before it, last: an archive without it is not complete
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Literal

from lazulite.api.home_secrets import SEALING_KEY
from lazulite.api.service import Progress

ABOUT, RECORDS, MANIFEST, FILES = "backup.json", "records.jsonl", "manifest.jsonl", "workspaces"
KEY = SEALING_KEY
FORMAT = 1
#: To the nanosecond, because results are reused if a file's time is the same; tar's own is a fraction.
TIME = "LAZULITE.mtime_ns"


class Writer:
    """An archive that is being written: `files` and `bytes` say how much is in it.

    Args:
        target: Where the bytes go.
        compressed: Whether by gzip.
        progress: Told the number of files and bytes so far.
    """

    def __init__(self, target: IO[bytes], compressed: bool, progress: Progress | None = None) -> None:
        mode: Literal["w|gz", "w|"] = "w|gz" if compressed else "w|"
        self._tar = tarfile.open(fileobj=target, mode=mode, format=tarfile.PAX_FORMAT)  # noqa: SIM115 - see finish
        self._progress = progress
        self._manifest: list[str] = []
        self.files = 0
        self.bytes = 0

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a small file."""
        self._add(tarfile.TarInfo(name), io.BytesIO(data), len(data))

    def add_folder(self, name: str, mode: int) -> None:
        """Add a folder, which may be empty."""
        info = tarfile.TarInfo(name)
        info.type = tarfile.DIRTYPE
        info.mode = stat.S_IMODE(mode)
        self._tar.addfile(info)

    def add_file(self, name: str, path: Path) -> None:
        """Add a file as it is now. One that others write to meanwhile is taken up to its present size.

        Raises:
            OSError: it cannot be read.
        """
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            info = tarfile.TarInfo(name)
            info.mode = stat.S_IMODE(found.st_mode)
            info.mtime = int(found.st_mtime)
            info.pax_headers = {TIME: str(found.st_mtime_ns)}
            self._add(info, file, found.st_size)
        self.files += 1
        self.bytes += found.st_size
        if self._progress is not None:
            self._progress(self.files, self.bytes)

    def finish(self) -> None:
        """Add the manifest and end the archive."""
        data = "\n".join(self._manifest).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(data)
        self._tar.addfile(info, io.BytesIO(data))
        self._tar.close()

    def _add(self, info: tarfile.TarInfo, file: IO[bytes], size: int) -> None:
        info.size = size
        source = _Measured(file, size)
        self._tar.addfile(info, source)
        entry = {"name": info.name, "bytes": size, "sha256": source.digest.hexdigest()}
        self._manifest.append(json.dumps(entry, ensure_ascii=False))


class _Measured:
    """So many bytes of a file, digested as they are read; zeros where the file has become shorter."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        data += bytes(wanted - len(data))
        self._left -= wanted
        self.digest.update(data)
        return data


def files_below(root: Path, skip: Callable[[str], bool]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield what is below a folder, folders before what is in them, names relative to `root`.

    Args:
        root: The folder.
        skip: Told a relative name; True leaves it out, with everything below it.
    """
    pending = [""]
    while pending:
        below = pending.pop()
        try:
            entries = sorted(os.scandir(root / below), key=lambda entry: entry.name)
        except OSError:
            continue  # it was removed meanwhile
        for entry in entries:
            name = f"{below}/{entry.name}" if below else entry.name
            if skip(name):
                continue
            yield name, entry
            if entry.is_dir(follow_symlinks=False):
                pending.append(name)
