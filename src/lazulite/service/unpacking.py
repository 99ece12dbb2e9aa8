"""Unpacking a backup, which may come from anywhere.

Nothing in it is trusted: names that lead elsewhere, links, devices, and files that are not as the manifest says are refused
before anything is in its place.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tarfile
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from lazulite.api.service import Progress
from lazulite.model.errors import Corrupt
from lazulite.service.archive import ABOUT, FILES, FORMAT, KEY, MANIFEST, RECORDS, TIME

_CHUNK = 1 << 20
_NAMED_TWICE = (FileExistsError, NotADirectoryError, IsADirectoryError)


def unpack(source: IO[bytes], folder: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Unpack an archive into an empty folder, check it, and return what `backup.json` says.

    Raises:
        Corrupt: it is not a backup, not complete, or damaged; the message names what is wrong.
    """
    seen: dict[str, tuple[int, str]] = {}
    told: list[str] | None = None
    total = 0
    try:
        with tarfile.open(fileobj=source, mode="r|*") as tar:
            for member in tar:
                name = _safe(member)
                if told is not None or (not seen and name != ABOUT):
                    raise Corrupt(f"The file is no backup of Lazulite: {name!r} stands where it cannot.")
                if member.isdir():
                    (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
                    continue
                content = cast("IO[bytes]", tar.extractfile(member))  # a regular file has content
                if name == MANIFEST:
                    told = content.read().decode().splitlines()
                    continue
                seen[name] = _written(content, folder / name, member)
                total += member.size
                if progress is not None:
                    progress(len(seen), total)
    except (tarfile.TarError, EOFError, OSError, UnicodeDecodeError) as error:
        is_ours = (
            isinstance(error, OSError) and error.errno is not None and not isinstance(error, _NAMED_TWICE)
        )
        if is_ours:  # our disk, and not what the archive says
            raise
        raise Corrupt(f"The backup is damaged or not complete ({error}).") from error
    _compare(seen, told)
    return _about(folder)


def _safe(member: tarfile.TarInfo) -> str:
    """The member's name, if it may be unpacked."""
    path = PurePosixPath(member.name)
    inside = not path.is_absolute() and ".." not in path.parts and "\0" not in member.name and path.parts
    below = inside and path.parts[0] == FILES
    known = inside and member.name in (ABOUT, RECORDS, KEY, MANIFEST)
    if not (member.isdir() and below) and not (member.isreg() and (known or (below and len(path.parts) > 1))):
        raise Corrupt(f"The backup holds {member.name!r}, which is none of ours. Nothing was restored.")
    return str(path)


def _written(content: IO[bytes], target: Path, member: tarfile.TarInfo) -> tuple[int, str]:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    # Never through a link, never over another file: the folder was empty, and each name comes once.
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while piece := content.read(_CHUNK):
            digest.update(piece)
            file.write(piece)
    target.chmod(
        stat.S_IMODE(member.mode) & 0o777 | stat.S_IWUSR | stat.S_IRUSR if FILES in target.parts else 0o600
    )
    time = member.pax_headers.get(TIME)
    if time and time.isdecimal():
        os.utime(target, ns=(int(time), int(time)))
    return member.size, digest.hexdigest()


def _compare(seen: dict[str, tuple[int, str]], told: list[str] | None) -> None:
    if told is None:
        raise Corrupt("The backup is not complete: it has no end. Nothing was restored.")
    try:
        entries = [json.loads(line) for line in told]
        expected = {one["name"]: (one["bytes"], one["sha256"]) for one in entries}
    except (ValueError, KeyError, TypeError) as error:
        raise Corrupt("The list of files in the backup is damaged. Nothing was restored.") from error
    wrong = [name for name in expected.keys() | seen.keys() if expected.get(name) != seen.get(name)]
    if wrong:
        raise Corrupt(
            f"{len(wrong)} file(s) of the backup are not what they were, {min(wrong)!r} among them. Nothing was "
            "restored."
        )


def _about(folder: Path) -> dict[str, Any]:
    try:
        about = json.loads((folder / ABOUT).read_text())
        format_ = about["format"]
        datetime.fromisoformat(about["created_at"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Corrupt(f"The file is no backup of Lazulite ({error}).") from error
    if format_ != FORMAT or not (folder / RECORDS).is_file():
        raise Corrupt(f"The backup has the format {format_}, and this version reads format {FORMAT}.")
    return cast("dict[str, Any]", about)
