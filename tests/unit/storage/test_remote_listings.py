"""How stores on another machine are listed: in order, whatever order they have, and without looking where nothing is sought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from lazulite.model.files import FileInfo
from lazulite.storage.remote.base import RemoteStore
from lazulite.storage.remote.failures import Unreachable
from lazulite.storage.remote.requests import Children
from lazulite.storage.remote.retrying import Patience


class Listed(RemoteStore):
    """A store that can be listed only: sorted by paths, or as an account with real folders does, folder by folder."""

    def __init__(self, *paths: str, ordered: bool, by_folder: bool = True) -> None:
        super().__init__("listed", retry_seconds=5)
        self.ordered = ordered
        self.begins_anywhere = not by_folder
        self.breaks_off_after = ""
        self.entered: list[str] = []
        self._paths = sorted(paths, key=lambda path: path.split("/") if by_folder else [path])

    def request_files(self, folder: str, after: str) -> Iterator[FileInfo]:
        for path in self._paths:
            if path > after and path.startswith(f"{folder}/" if folder else ""):
                yield FileInfo(path, 1, 0, "etag")
                if path == self.breaks_off_after:
                    self.breaks_off_after = ""
                    raise Unreachable("The line is cut.")

    def request_children(self, folder: str) -> Children | None:
        self.entered.append(folder)
        base = f"{folder}/" if folder else ""
        inner = [path[len(base) :] for path in self._paths if path.startswith(base)]
        folders = sorted({name.partition("/")[0] for name in inner if "/" in name})
        found = tuple(FileInfo(base + name, 1, 0, "etag") for name in inner if "/" not in name)
        return Children(tuple(folders), found) if inner else None

    def uri(self, path: str) -> str:
        return f"listed:/{path}"

    def request_check(self) -> None:
        """It can be used."""

    def request_file(self, _path: str) -> FileInfo | None:
        return None

    def _unused(self) -> Any:
        raise NotImplementedError

    def request_range(self, _info: FileInfo, _start: int, _stop: int) -> bytes:
        return bytes(self._unused())

    def request_stream(self, _info: FileInfo, _start: int, _stop: int) -> Iterator[bytes]:
        return iter(self._unused())

    def put_whole(self, _path: str, _data: bytes, _patience: Patience, *, overwrite: bool) -> FileInfo:
        raise NotImplementedError(overwrite)

    def put_pieces(
        self, _path: str, _parts: Iterable[bytes], _size: int | None, _patience: Patience, *, overwrite: bool
    ) -> FileInfo:
        raise NotImplementedError(overwrite)

    def request_removal(self, _infos: Sequence[FileInfo], _folder: str | None) -> None:
        self._unused()


def names(store: RemoteStore, prefix: str = "", limit: int | None = None) -> list[str]:
    return [info.path for info in store.list_files(prefix, limit)]


PATHS = ("a/x", "a-b", "a/y", "b")


@pytest.mark.parametrize(("ordered", "by_folder"), [(True, True), (False, True), (True, False)])
def test_a_listing_that_breaks_off_lacks_nothing_in_whatever_order_it_comes(
    ordered: bool, by_folder: bool
) -> None:
    for path in PATHS:
        store = Listed(*PATHS, ordered=ordered, by_folder=by_folder)
        store.breaks_off_after = path
        assert names(store) == sorted(PATHS)
        assert store.breaks_off_after == ""


def test_folders_before_what_is_sought_are_not_entered() -> None:
    store = Listed("early/1", "early/2", "sought/1", "sought-2", "zebra/1", ordered=False)
    assert names(store, "sought", limit=2) == ["sought-2", "sought/1"]
    assert store.entered == ["", "sought"]
    assert names(store, "sought/", limit=1) == ["sought/1"]
