"""Backing up a home while everything runs, and restoring it elsewhere.

First all facts are taken, as one state of the records; then the files, of which those facts know. What is written
meanwhile may be in the files and not in the facts, which harms nobody; no fact lacks its file, unless it was deleted
meanwhile. Jobs in flight and built environments are not taken: a restored run goes on as after a power failure, and an
environment is built again. The home's own secrets (token, signing key, `server.yaml`) are not taken either. Credentials are
taken as they are kept, sealed, and the key that opens them only if asked for: then the file is as good as they are.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import IO

from lazulite import __version__
from lazulite.api.home_secrets import credentials, sealing_key
from lazulite.api.service import Progress
from lazulite.engine import process
from lazulite.model.assets import AssetKind
from lazulite.model.backup import Backup
from lazulite.model.errors import Conflict, Corrupt, LazuliteError, NotFound, StorageError
from lazulite.records.database import open_records
from lazulite.records.migrations import NEWEST
from lazulite.service.archive import ABOUT, FILES, FORMAT, KEY, RECORDS, Writer, files_below
from lazulite.service.base import Base
from lazulite.service.unpacking import unpack
from lazulite.storage.files import is_temporary

#: Below a workspace: folders of jobs in flight.
_JOBS = "jobs"
#: What a home may hold and still count as empty.
_OF_AN_EMPTY_HOME = frozenset(
    {".gitignore", ".amlignore", "token", "signing-key", "sealing-key", "server.yaml", "database.url", "cache",
     "engine.log", "engine.lock", "engine.json", "engine.wake", "server.log", "server.lock", "server.json"}
)  # fmt: skip


class Backups(Base):
    """Making and restoring backups."""

    def backup(
        self, file: str, progress: Progress | None = None, *, with_sealing_key: bool = False
    ) -> Backup:
        target = Path(file).expanduser().absolute()
        if target.exists():
            raise Conflict(f"{target} exists already, and is not overwritten. Choose another name.")
        draft = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                made = self._write(out, target, progress, with_key=with_sealing_key)
                os.fsync(out.fileno())
            os.link(draft, target)  # unlike a rename, it never replaces what somebody made meanwhile
        except FileExistsError as error:
            raise Conflict(
                f"{target} exists already, and is not overwritten. Choose another name."
            ) from error
        except OSError as error:
            raise StorageError(
                f"The backup {target} cannot be written: {error.strerror or error}."
            ) from error
        finally:
            draft.unlink(missing_ok=True)
        return made

    def restore(self, file: str, progress: Progress | None = None) -> Backup:
        source = Path(file).expanduser().absolute()
        root = self._home.root
        there = sorted(entry.name for entry in root.iterdir() if entry.name not in _OF_AN_EMPTY_HOME)
        if there or process.is_alive(self._home):
            raise Conflict(
                f"The home folder {root} is in use ({there[0] if there else 'its engine runs'}), and a backup is restored "
                "into an empty one only. Choose another: lazulite restore FILE --home DIR."
            )
        staging = root / f".restoring-{os.getpid()}"
        staging.mkdir(mode=0o700)
        try:
            with _opened(source) as given:
                about = unpack(given, staging, progress)
            self._take_in(staging, about)
            found = [path for path in (root / FILES).rglob("*") if path.is_file()]
            return Backup(
                str(source),
                str(about["version"]),
                datetime.fromisoformat(about["created_at"]),
                len(found),
                sum(path.stat().st_size for path in found),
                locked=tuple(name for name, text in self._sealed() if self._cannot_be_opened(text)),
            )
        except OSError as error:
            raise StorageError(
                f"The backup {source} cannot be restored: {error.strerror or error}."
            ) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _write(self, out: IO[bytes], target: Path, progress: Progress | None, *, with_key: bool) -> Backup:
        now = datetime.now(timezone.utc)
        writer = Writer(out, target.suffix in (".gz", ".tgz"), progress)
        about = {
            "format": FORMAT,
            "version": __version__,
            "schema": NEWEST,
            "created_at": now.isoformat(),
        }
        writer.add_bytes(ABOUT, json.dumps(about).encode())
        with NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.") as facts:
            for line in self._records.dump():
                facts.write(line.encode() + b"\n")
            facts.flush()
            writer.add_file(RECORDS, Path(facts.name))
        if with_key:
            writer.add_bytes(KEY, sealing_key(str(self._home.root)) + b"\n")
        skipped = tuple(self._add_files(writer))
        writer.finish()
        locked = () if with_key else tuple(name for name, _ in self._sealed())
        return Backup(str(target), __version__, now, writer.files - 1, writer.bytes, skipped, locked)

    def _sealed(self) -> Iterator[tuple[str, str]]:
        """What holds credentials, by kind and name, with their sealed text."""
        for kind in (AssetKind.DATASTORE, AssetKind.COMPUTE, AssetKind.SECRET):
            for _, asset in self._records.assets_everywhere(kind):
                if text := str(asset.document.get("secret") or ""):
                    yield f"{kind.value} '{asset.name}'", text

    def _cannot_be_opened(self, sealed: str) -> bool:
        try:
            credentials(str(self._home.root), sealed)
        except LazuliteError:
            return True
        return False

    def _add_files(self, writer: Writer) -> Iterator[str]:
        """Add code and data; yield what could not be added, with the reason."""
        root = self._home.root / FILES
        for name, entry in files_below(root, _is_left_out):
            inner = f"{FILES}/{name}"
            try:
                if entry.is_dir(follow_symlinks=False):
                    writer.add_folder(inner, entry.stat(follow_symlinks=False).st_mode)
                elif not entry.is_file() or not Path(entry.path).resolve().is_relative_to(self._home.root):
                    yield f"{inner}: neither a file nor a folder of this home"
                else:
                    writer.add_file(inner, Path(entry.path))
            except OSError as error:
                yield f"{inner}: {error.strerror or error}"

    def _take_in(self, staging: Path, about: dict[str, object]) -> None:
        """Put what was unpacked and checked in its place; all of it, or nothing."""
        if about["schema"] != NEWEST:
            raise Corrupt(
                f"The backup was made by Lazulite {about['version']}, whose records have schema {about['schema']}; this "
                f"version has schema {NEWEST}. Restore it with that version, and upgrade then."
            )
        root = self._home.root
        (staging / FILES).mkdir(exist_ok=True, mode=0o700)
        (staging / FILES).rename(root / FILES)
        records = None
        try:
            records = open_records(root)
            with (staging / RECORDS).open(encoding="utf-8") as lines:
                records.load(lines)
        except BaseException:
            (root / FILES).rename(staging / FILES)
            if records is not None:
                records.close()
            for left in root.glob("lazulite.db*"):  # it was made just now
                left.unlink()
            raise
        records.close()
        if (staging / KEY).is_file():  # with the mode of a secret
            (staging / KEY).replace(root / KEY)


def _is_left_out(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return (len(parts) > 1 and parts[1] == _JOBS) or is_temporary(parts[-1])


def _opened(source: Path) -> IO[bytes]:
    try:
        return source.open("rb")
    except FileNotFoundError as error:
        raise NotFound(f"The backup {source} does not exist.") from error
