"""Progress of uploads and downloads: one line that moves in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from lazulite.sdk.terminal import is_terminal

if TYPE_CHECKING:
    from lazulite.storage.transfer import TransferProgress, TransferResult

_SECONDS_BETWEEN_LINES = 5.0
_SHOWN = 10
_KILO = 1024


class TransferDisplay:
    """Shows one transfer on standard output.

    Args:
        doing: What is done, such as "Uploading".
        done: What was done, such as "Uploaded".
        where: From or to where, such as "to datastore 'workspaceblobstore'".
    """

    def __init__(self, doing: str, done: str, where: str) -> None:
        self._doing, self._done, self._where = doing, done, where
        self._moves = is_terminal(sys.stdout)
        self._width = 0
        self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES

    def show(self, progress: TransferProgress) -> None:
        """Show how far it is. Given to the transfer as its listener."""
        text = (
            f"{self._doing} {progress.files_done}/{progress.files_total} files, "
            f"{size_text(progress.bytes_done)} of {size_text(progress.bytes_total)}"
        )
        if self._moves:
            print("\r" + text.ljust(self._width), end="" if not progress.is_last else "\n", flush=True)
            self._width = len(text)
        elif not progress.is_last and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES
            print(text, flush=True)

    def finish(self, result: TransferResult) -> None:
        """Show what was done, and which files were left because they exist."""
        for path in result.skipped_paths[:_SHOWN]:
            print(f"Exists already, left as it is (overwrite=False): {path}")
        if result.skipped > _SHOWN:
            print(f"… and {result.skipped - _SHOWN} more that exist already")
        print(
            f"{self._done} {count_text(result.copied)} ({size_text(result.bytes)}) {self._where}", flush=True
        )


def count_text(count: int) -> str:
    """Return a number of files in words."""
    return "1 file" if count == 1 else f"{count} files"


def size_text(size: float) -> str:
    """Return a number of bytes in a unit that people read, such as "3.4 MB" (of 1024 KB)."""
    if size == 1:
        return "1 byte"
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < _KILO:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= _KILO
    return f"{size:.1f} TB"
