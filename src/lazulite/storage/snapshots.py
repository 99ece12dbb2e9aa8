"""Snapshots of source folders: taken (`scan`), kept (`save`, `load`), laid out for a job (`stage`), packed for a user
(`archive`).

A snapshot is kept as its manifest, which is a blob like the contents it names; so the blobs alone are enough to run it.

What is taken and what is left out is told in `sources`. There is no limit on size or number; `Scan.largest` says what
is worth ignoring.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lazulite.model.errors import Corrupt, InvalidRequest, NotFound, TransferFailed
from lazulite.model.snapshot import Snapshot, SnapshotFile, from_manifest
from lazulite.storage import failures, files
from lazulite.storage.blobs import BlobStore
from lazulite.storage.digests import DigestCache
from lazulite.storage.ignore import line_for
from lazulite.storage.paths import relative
from lazulite.storage.sources import SourceFile, SourceWalk

#: Dates in an archive: equal snapshots give equal archives.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DAMAGED = (
    "The stored {what} is damaged: its bytes are no longer those that were stored (blob {digest}). The damaged copy was "
    "removed; submit again, and it is taken from the source folder anew. Other files on that disk may be damaged too."
)
#: Bytes up to which a file is laid out from memory.
_SMALL = 1 << 18
#: A file that holds so much of its folder's bytes is named instead of the folder.
_DOMINANT = 0.7


@dataclass(frozen=True)
class Bulk:
    """A file, or a folder with a slash at its end, and what it adds to a snapshot.

    `ignore_line` is the line of an ignore file in the source folder that leaves exactly this out.
    """

    path: str
    size: int
    files: int
    ignore_line: str


@dataclass(frozen=True)
class Scan:
    """What a snapshot of a folder would be: the files, where each content is, what was left out by which file."""

    folder: Path
    snapshot: Snapshot
    #: Of each digest a file that has it.
    sources: Mapping[str, str]
    #: What was left out, folders with a slash at the end, sorted.
    ignored: tuple[str, ...]
    #: `.amlignore` or `.gitignore` of the folder itself; None if it has neither.
    ignore_file: str | None
    #: Of each thing in `ignored` the ignore file that leaves it out, relative to the folder, or "built-in rules".
    ignored_by: Mapping[str, str] = field(default_factory=dict)

    def largest(self, count: int = 10) -> tuple[Bulk, ...]:
        """Return the files and folders with the most bytes, largest first.

        A folder stands for its files, unless one thing in it makes up most of it: then that is named.
        """
        found = [_heaviest(name, files) for name, files in _by_first_part(self.snapshot.files, "").items()]
        return tuple(sorted(found, key=lambda bulk: (-bulk.size, bulk.path))[:count])


def scan(folder: Path, cache: Path | None = None) -> Scan:
    """Find the files of a source folder and their digests.

    Args:
        folder: The source folder.
        cache: A folder in which digests are remembered, so that an unchanged file is not read again.

    Raises:
        NotFound: the folder does not exist.
        InvalidRequest: it is not a folder.
        TransferFailed: files cannot be read, or links lead outside; each is named with its reason.
    """
    if not folder.is_dir():
        if folder.exists():
            raise InvalidRequest(f"The source directory {folder} is not a folder.", folder=str(folder))
        raise NotFound(f"The source directory {folder} does not exist.", folder=str(folder))
    walk = SourceWalk(os.fsencode(folder))
    found = sorted(walk.files(), key=lambda file: file.path)
    digests = DigestCache(cache, str(folder))
    taken = [file for source in found if (file := _digested(source, digests, walk.problems))]
    if walk.problems:
        raise TransferFailed(f"The source directory {folder} cannot be taken as it is:", walk.problems)
    digests.save()
    sources = {file.digest: source.place for file, source in zip(taken, found, strict=True)}
    return Scan(
        folder,
        Snapshot(tuple(taken)),
        sources,
        tuple(sorted(walk.ignored)),
        walk.ignore_file,
        dict(walk.ignored),
    )


def save(snapshot: Snapshot, blobs: BlobStore) -> str:
    """Keep a snapshot whose contents are stored; return its id.

    Raises:
        InvalidRequest: contents are missing, or a path would leave the folder it is laid out in.
        StorageFull, StorageError: the blobs cannot be written.
    """
    _checked_paths(snapshot)
    missing = blobs.missing(file.digest for file in snapshot.files)
    if missing:
        raise InvalidRequest(
            f"{len(missing)} file(s) of the snapshot were not stored, {min(missing)} among them."
        )
    blobs.put(snapshot.id, io.BytesIO(snapshot.manifest.encode()))
    return snapshot.id


def load(snapshot_id: str, blobs: BlobStore) -> Snapshot:
    """Return a snapshot that was kept.

    Raises:
        NotFound: it was not, or one of its contents is gone.
        Corrupt: what is stored under the id is not what was kept; it is forgotten, to be kept anew.
    """
    try:
        with blobs.open(snapshot_id) as file:
            manifest = file.read()
        if hashlib.sha256(manifest).hexdigest() != snapshot_id:
            blobs.discard(snapshot_id)
            raise Corrupt(_DAMAGED.format(what="list of files of the snapshot", digest=snapshot_id))
        return from_manifest(manifest, lambda digest: blobs.path(digest).stat().st_size)
    except (InvalidRequest, NotFound) as error:
        raise NotFound(
            f"There is no snapshot {snapshot_id!r}. Submit the step again to take one.",
            kind="snapshot",
            name=snapshot_id,
        ) from error
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name
        raise NotFound(
            f"A content of the snapshot {snapshot_id} is not stored (blob {missing}).", digest=missing
        ) from error


def stage(snapshot: Snapshot, blobs: BlobStore, target: Path) -> None:
    """Lay the files of a snapshot out in a folder, as copies: what a script does to them stays in that folder.

    Args:
        snapshot: The files.
        blobs: Where their contents are.
        target: The folder; created if it is not there. It must be empty.

    Raises:
        InvalidRequest: the folder is not empty.
        PathEscapes: a path of the snapshot would leave the folder.
        NotFound: a content is missing; the message names the file.
        Corrupt: a content is not what was stored; it is forgotten, to be stored anew.
        StorageFull, StorageError: the folder cannot be written.
    """
    paths = _checked_paths(snapshot)
    try:
        try:
            target.mkdir(parents=True)
        except FileExistsError:
            if any(target.iterdir()):
                raise InvalidRequest(
                    f"{target} is not empty. A snapshot is laid out in an empty folder."
                ) from None
        for folder in sorted({path.rpartition("/")[0] for path in paths} - {""}):
            (target / folder).mkdir(parents=True, exist_ok=True)
        for path, file in paths.items():
            _copy_out(file, blobs, f"{target}/{path}")
    except OSError as error:
        raise failures.unwritable(target, "The code of the step could not be laid out", error) from error


def archive(snapshot: Snapshot, blobs: BlobStore, zip_path: Path) -> None:
    """Pack the files of a snapshot into a zip file, which appears under its name when it is complete.

    Raises:
        NotFound: a content is missing; the message names the file.
        Corrupt: a content is not what was stored.
        StorageFull, StorageError: the file cannot be written.
    """
    paths = _checked_paths(snapshot)
    try:
        with (
            files.replacing(str(zip_path), 0o600) as descriptor,
            os.fdopen(os.dup(descriptor), "wb") as out,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed,
        ):
            for path, file in paths.items():
                entry = zipfile.ZipInfo(path, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (stat.S_IFREG | (0o755 if file.executable else 0o644)) << 16
                content = _blob_of(file, blobs).read_bytes()
                _confirm(file, blobs, hashlib.sha256(content).hexdigest())
                packed.writestr(entry, content)
    except OSError as error:
        raise failures.unwritable(zip_path.parent, f"{zip_path} could not be written", error) from error


def _digested(source: SourceFile, digests: DigestCache, problems: dict[str, str]) -> SnapshotFile | None:
    try:
        digest, size = digests.digest(source.path, source.place, source.status)
    except OSError as error:
        problems[source.path] = failures.reason(error)
        return None
    return SnapshotFile(source.path, digest, size, bool(source.status.st_mode & stat.S_IXUSR))


def _checked_paths(snapshot: Snapshot) -> dict[str, SnapshotFile]:
    """The files by path; a snapshot that came over a wire may say anything."""
    paths = {}
    for file in snapshot.files:
        # A backslash is a character of a name here; it is looked at as if it were a slash, too.
        relative(file.path, what="path in the snapshot")
        if file.path in paths or not file.path or "//" in file.path or file.path.endswith("/"):
            raise InvalidRequest(
                f"The snapshot has a path that is empty, doubled or no file's: {file.path!r}."
            )
        paths[file.path] = file
    return paths


def _copy_out(file: SnapshotFile, blobs: BlobStore, target: str) -> None:
    mode = 0o777 if file.executable else 0o666
    if file.size <= _SMALL:  # most of a step's code: read once, checked, written
        content = _blob_of(file, blobs).read_bytes()
        _confirm(file, blobs, hashlib.sha256(content).hexdigest())
        with files.created(target, mode) as descriptor:
            files.write_all(descriptor, content)
        return
    files.copy(str(_blob_of(file, blobs)), target, size=file.size, mode=mode)
    _confirm(file, blobs, files.sha256_of(target)[0])  # the copy: what was read must be what runs


def _confirm(file: SnapshotFile, blobs: BlobStore, digest: str) -> None:
    if digest != file.digest:
        blobs.discard(file.digest)
        raise Corrupt(_DAMAGED.format(what=f"content of {file.path!r}", digest=file.digest))


def _blob_of(file: SnapshotFile, blobs: BlobStore) -> Path:
    place = blobs.path(file.digest)
    if not place.is_file():
        raise NotFound(f"The content of {file.path} is not stored (blob {file.digest}).", digest=file.digest)
    return place


def _by_first_part(found: tuple[SnapshotFile, ...], base: str) -> dict[str, tuple[SnapshotFile, ...]]:
    parts: dict[str, list[SnapshotFile]] = {}
    for file in found:
        head, slash, _ = file.path[len(base) :].partition("/")
        parts.setdefault(base + head + slash, []).append(file)
    return {name: tuple(inside) for name, inside in parts.items()}


def _heaviest(path: str, found: tuple[SnapshotFile, ...]) -> Bulk:
    size = sum(file.size for file in found)
    if path.endswith("/"):
        inside = _by_first_part(found, path)
        name, most = max(inside.items(), key=lambda item: sum(file.size for file in item[1]))
        if sum(file.size for file in most) >= _DOMINANT * size and size:
            return _heaviest(name, most)
    line = line_for(path.removesuffix("/"), is_directory=path.endswith("/"))
    return Bulk(path, size, len(found), line)
