"""Snapshots from the SDK's side: given back as a zip file, or taken of a file or folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from lazulite.sdk.code_upload import send
from lazulite.sdk.exceptions import SnapshotException, UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.model.snapshot import Snapshot

#: The earliest time a zip file can hold: equal snapshots give equal zip files.
_TIME = (1980, 1, 1, 0, 0, 0)
_FILE, _PROGRAM = 0o100644 << 16, 0o100755 << 16


def restore(service: Service, workspace: str, snapshot_id: str, path: Any = None) -> Path:
    """Write the snapshot as `<id>.zip` into the folder `path`, or as the file `path` if it ends with .zip.

    Raises:
        UserErrorException: there is no such snapshot.
        SnapshotException: its record names a path that would leave the folder it is unpacked in.
    """
    import shutil
    import zipfile

    with v1_errors():
        snapshot = service.get_snapshot(workspace, snapshot_id)
    target = Path(path or ".")
    if target.suffix != ".zip":
        target = target / f"{snapshot_id}.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in snapshot.files:
                entry = zipfile.ZipInfo(_inside(file.path), _TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = _PROGRAM if file.executable else _FILE
                with v1_errors():
                    source = service.open_blob(workspace, file.digest)
                with source, archive.open(entry, "w", force_zip64=file.size > zipfile.ZIP64_LIMIT) as copy:
                    shutil.copyfileobj(source, copy)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target.absolute()


def _inside(path: str) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise SnapshotException(
            f"The snapshot names a file {path!r}, which would leave the folder it is unpacked in."
        )
    return str(pure)


def take(service: Service, workspace: str, source: Path) -> str:
    """Store the files of a folder (its ignore file honoured), or one file, as a snapshot; return its id.

    Raises:
        UserErrorException: there is no such file or folder.
    """
    from lazulite.storage.snapshots import scan

    if source.is_dir():
        with v1_errors():
            found = scan(source)
        snapshot, sources = found.snapshot, found.sources
    elif source.is_file():
        snapshot, sources = _of_file(source)
    else:
        raise UserErrorException(f"There is no file or folder {str(source)!r} to take a snapshot of.")
    with v1_errors():
        return send(service, workspace, snapshot, sources)


def _of_file(file: Path) -> tuple[Snapshot, Mapping[str, str]]:
    import hashlib

    from lazulite.model.snapshot import Snapshot, SnapshotFile

    with file.open("rb") as data:
        digest = hashlib.sha256()
        while chunk := data.read(1 << 20):
            digest.update(chunk)
    status = file.stat()
    entry = SnapshotFile(file.name, digest.hexdigest(), status.st_size, bool(status.st_mode & 0o100))
    return Snapshot((entry,)), {entry.digest: str(file)}
