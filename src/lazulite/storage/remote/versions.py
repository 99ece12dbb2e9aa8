"""Versions of data on another machine: by etags, and by the digests that a store keeps; no byte is read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lazulite.model.files import FileInfo
from lazulite.storage.versions import ABSENT, Version

if TYPE_CHECKING:
    from lazulite.storage.remote.base import RemoteStore


def version(store: RemoteStore, path: str) -> Version:
    """Return the version of what is at `path`; see `Store.version`."""
    inner, found = store.all_at(path)
    if found is None:
        return Version.absent()
    is_directory = not (len(found) == 1 and found[0].path == inner)
    contents = store.contents(found, inner if is_directory else inner.rpartition("/")[0])
    content = hashlib.sha256(b"folder" if is_directory else b"file")
    for info in found:
        content.update(f"{info.path[len(inner) :]}\0{info.size}:{contents[info.path]}\0".encode())
    size = sum(info.size for info in found)
    return Version(content.hexdigest(), _stat(found, inner), len(found), size, is_directory)


def stat_version(store: RemoteStore, path: str) -> str:
    """Return `Version.stat` of what is at `path`."""
    inner, found = store.all_at(path)
    return ABSENT if found is None else _stat(found, inner)


def watched(store: RemoteStore, path: str, *, recursive: bool) -> dict[str, str] | None:
    """Return the version of each file at or in `path`, by its path; None for nothing."""
    from lazulite.storage.remote.base import is_shown

    found = store.all_at(path)[1] if recursive else store.files_in(store.plain(path))
    if found is None:
        return None
    return {info.path: f"{info.size}:{info.etag}" for info in found if is_shown(info)}


def _stat(infos: Sequence[FileInfo], base: str) -> str:
    digest = hashlib.sha256()
    for info in infos:
        digest.update(f"{info.path[len(base) :]}\0{info.size}:{info.etag}\0".encode())
    return digest.hexdigest()
