"""Digests of files, remembered: a file whose size, times and inode are the same is not read again.

A cache is a folder with one small file for each source folder or data path. It may be deleted at any time; a damaged
one is built anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from lazulite.storage import files

_FORMAT = 1
#: Reading so little again is cheaper than remembering it.
_FEW_FILES, _FEW_BYTES = 8, 1 << 20
#: A file changed so shortly before it was read might change again without its time changing (nanoseconds); file
#: systems that count whole seconds need more.
_FINE, _COARSE = 20_000_000, 2_000_000_000
_SECOND = 1_000_000_000
#: When so many files are in the cache folder, the older half goes.
_MOST = 4096


class DigestCache:
    """The digests of the files below `root`.

    Args:
        folder: The cache folder, or None to remember nothing.
        root: The folder or file whose digests are wanted.
    """

    def __init__(self, folder: Path | None, root: str) -> None:
        self._root = os.path.realpath(root) if folder else root
        self._place = (
            folder / f"{hashlib.sha256(os.fsencode(self._root)).hexdigest()[:32]}.json" if folder else None
        )
        self._known = self._load()
        self._used: dict[str, list[Any]] = {}
        self._bytes = 0
        self._changed = False

    def digest(self, name: str, path: str, status: os.stat_result) -> tuple[str, int]:
        """Return the sha256 of the file at `path`, and its size in bytes.

        Args:
            name: Its path relative to the root: what it is remembered by.
            path: Where it is.
            status: Its status, taken just now.

        Raises:
            OSError: it cannot be read.
        """
        mark = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
        known = self._known.get(name)
        if known is not None and known[1:] == mark:
            self._used[name] = known
            return known[0], mark[0]
        self._changed = True
        now = time.time_ns()
        digest, size = files.sha256_of(path)
        if size == status.st_size and _is_settled(status, now):
            self._used[name] = [digest, *mark]
        self._bytes += size
        return digest, size

    def save(self) -> None:
        """Remember what was used. A failure is of no consequence: the files are read again next time."""
        few = len(self._used) <= _FEW_FILES and self._bytes <= _FEW_BYTES and not self._known
        if self._place is None or few or not (self._changed or len(self._used) != len(self._known)):
            return
        document = {"format": _FORMAT, "root": self._root, "files": self._used}
        with suppress(OSError, UnicodeEncodeError):
            self._place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            files.write(self._place, json.dumps(document, separators=(",", ":")).encode())
            _prune(self._place.parent)

    def _load(self) -> dict[str, list[Any]]:
        if self._place is None:
            return {}
        try:
            document = json.loads(self._place.read_bytes())
            known = document["files"]
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        is_ours = document.get("format") == _FORMAT and document.get("root") == self._root
        return known if is_ours and isinstance(known, dict) else {}


def _is_settled(status: os.stat_result, now: int) -> bool:
    newest = max(status.st_mtime_ns, status.st_ctime_ns)
    return now - newest > (_COARSE if newest % _SECOND == 0 else _FINE)


def _prune(folder: Path) -> None:
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if entry.name.endswith(".json")]
    if len(found) > _MOST:
        for _, path in sorted(_by_age(found))[: len(found) // 2]:
            with suppress(OSError):
                Path(path).unlink()


def _by_age(entries: list[os.DirEntry[str]]) -> Iterator[tuple[int, str]]:
    for entry in entries:
        with suppress(OSError):
            yield entry.stat().st_mtime_ns, entry.path
