"""DBFS, the file system of a Databricks workspace, by the official `databricks-sdk`.

Its interface moves one megabyte at a time, so it is for files of moderate size. A file is written under a temporary
name and moved when it is complete. The file system gives no etags: size and time of change stand for a version.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from lazulite.model.assets import Datastore
from lazulite.model.errors import Conflict, LazuliteError, NotFound, StorageError
from lazulite.model.files import FileInfo
from lazulite.storage import files
from lazulite.storage.remote.azure_access import needed
from lazulite.storage.remote.base import RETRY_SECONDS, RemoteStore
from lazulite.storage.remote.failures import StoreUnusable, missing_library, unreachable
from lazulite.storage.remote.requests import Children
from lazulite.storage.remote.retrying import Patience, attempt

T = TypeVar("T")

#: What one request may carry.
_BLOCK = 1 << 20
_REQUEST_SECONDS = 60


class Dbfs(RemoteStore):
    """The files below a folder of DBFS.

    Args:
        record: The datastore's record: `endpoint` is the workspace's URL; `auth` is token or environment; of `options`
            prefix and retry_seconds.
        secret: token.

    Raises:
        InvalidRequest: something is missing in the record, or the library is not installed.
    """

    def __init__(self, record: Datastore, secret: Mapping[str, Any]) -> None:
        super().__init__(record.name, float(record.options.get("retry_seconds", RETRY_SECONDS)))
        try:
            from databricks.sdk.core import ApiClient, Config
            from databricks.sdk.service.files import DbfsAPI
        except ImportError as error:
            raise missing_library(f"Datastore '{record.name}'", "databricks", error) from error
        # A workspace without /.well-known/databricks-config is no reason for a warning.
        logging.getLogger("databricks.sdk").setLevel(logging.ERROR)
        self._prefix = "/".join(part for part in record.options.get("prefix", "").split("/") if part)
        self._where = f"workspace {record.endpoint}"
        settings: dict[str, Any] = {
            "host": record.endpoint,
            "retry_timeout_seconds": 1,
            "http_timeout_seconds": _REQUEST_SECONDS,
            "product": "lazulite",
            "product_version": "1.0.0",
        }
        if record.auth != "environment":
            settings |= {"token": needed(record, secret, "token"), "auth_type": "pat"}
        with self._asking(""):
            config = Config(**settings)
            api: Any = DbfsAPI
            self._api = api(ApiClient(config))

    def uri(self, path: str) -> str:
        return f"dbfs:{self._full(self.plain(path))}"

    def _full(self, path: str) -> str:
        return "/" + "/".join(part for part in (self._prefix, path) if part)

    @contextmanager
    def _asking(self, path: str) -> Iterator[None]:
        from databricks.sdk import errors

        try:
            yield
        except (
            errors.base.DatabricksError,
            OSError,
            ValueError,
        ) as error:  # OSError is what `requests` raises
            raise self._translated(error, path) from None  # its text may hold what was sent

    def _translated(self, error: Exception, path: str) -> LazuliteError:
        from databricks.sdk import errors

        if isinstance(error, (errors.Unauthenticated, errors.PermissionDenied, ValueError)):
            return StoreUnusable(
                f"Datastore '{self.name}' was refused by {self._where}: the token is wrong, has ended, or does not permit "
                "this. Register it again with a personal access token that is accepted."
            )
        if isinstance(error, (errors.NotFound, errors.ResourceDoesNotExist)):
            return NotFound(f"There is no file {path!r} on {self.title}.", path=path)
        if isinstance(error, (errors.AlreadyExists, errors.ResourceAlreadyExists)):
            return Conflict(f"{path!r} on {self.title} is there already.", path=path)
        code = getattr(error, "error_code", "") or ""
        if not isinstance(error, errors.base.DatabricksError) or isinstance(
            error,
            (
                errors.TooManyRequests,
                errors.InternalError,
                errors.TemporarilyUnavailable,
                errors.DeadlineExceeded,
            ),
        ):
            return unreachable(self.title, self._where)
        return StorageError(f"{path!r} on {self.title}: the workspace answered {code}: {error}", path=path)

    def _ask(self, path: str, call: Callable[[], T], patience: Patience) -> T:
        def once() -> T:
            with self._asking(path):
                return call()

        return attempt(once, patience)

    # --- requests ---

    def request_check(self) -> None:
        with self._asking(""), suppress_missing():
            self._api.get_status(self._full(""))

    def request_file(self, path: str) -> FileInfo | None:
        try:
            with self._asking(path):
                found = self._api.get_status(self._full(path))
        except NotFound:
            return None
        return None if found.is_dir else self._info(found)

    def _info(self, found: Any) -> FileInfo:
        milliseconds = found.modification_time or 0
        path = found.path.removeprefix("dbfs:").lstrip("/")[len(self._prefix) :].lstrip("/")
        size = found.file_size or 0
        return FileInfo(path, size, milliseconds * 1_000_000, f"{size}-{milliseconds}")

    def request_files(self, folder: str, after: str) -> Iterator[FileInfo]:
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            children = self.request_children(here)
            if children is not None:
                waiting += [f"{here}/{name}".lstrip("/") for name in children.folders]
                yield from children.files

    def request_children(self, folder: str) -> Children | None:
        try:
            with self._asking(folder):
                found = list(self._api.list(self._full(folder)))
        except NotFound:
            return None if folder else Children((), ())
        infos = [self._info(one) for one in found if not one.is_dir]
        if folder and [info.path for info in infos] == [folder]:
            return None  # of a file it lists the file
        folders = [one.path.rstrip("/").rpartition("/")[2] for one in found if one.is_dir]
        return Children(tuple(sorted(folders)), tuple(infos))

    def request_range(self, info: FileInfo, start: int, stop: int) -> bytes:
        return b"".join(self.request_stream(info, start, stop))

    def request_stream(self, info: FileInfo, start: int, stop: int) -> Iterator[bytes]:
        now = self.request_file(info.path)
        if now is None or now.etag != info.etag:
            raise Conflict(f"{info.path!r} on {self.title} has changed meanwhile.", path=info.path)
        for at in range(start, stop, _BLOCK):
            with self._asking(info.path):
                found = self._api.read(self._full(info.path), offset=at, length=min(_BLOCK, stop - at))
            yield base64.b64decode(found.data or "")

    def piece_size(self, size: int | None) -> int:
        return _BLOCK

    def put_whole(self, path: str, data: bytes, patience: Patience, *, overwrite: bool) -> FileInfo:
        return self.put_pieces(path, [data], len(data), patience, overwrite=overwrite)

    def put_pieces(
        self, path: str, parts: Iterable[bytes], size: int | None, patience: Patience, *, overwrite: bool
    ) -> FileInfo:
        if not overwrite and self._ask(path, lambda: self.request_file(path), patience) is not None:
            raise Conflict(f"{path!r} on {self.title} is there already.", path=path)
        parent = path.rpartition("/")[0]
        temporary = self._full(f"{parent}/{files.temporary_name()}".lstrip("/"))
        handle = self._ask(path, lambda: self._api.create(temporary, overwrite=True).handle, patience)
        try:
            for part in parts:
                for at in range(0, len(part), _BLOCK):
                    block = base64.b64encode(part[at : at + _BLOCK]).decode("ascii")
                    # Not tried again: a block whose answer got lost would be there twice.
                    with self._asking(path):
                        self._api.add_block(handle, block)
            with self._asking(path):
                self._api.close(handle)
            self._place(temporary, path, patience, overwrite=overwrite)
        except BaseException:
            with suppress(Exception):
                self._api.close(handle)
            with suppress(Exception):
                self._api.delete(temporary)
            raise
        return attempt(lambda: self.find(path), patience)

    def _place(self, temporary: str, path: str, patience: Patience, *, overwrite: bool) -> None:
        """Give a complete file its name. DBFS replaces nothing, so what is there is moved aside, and back if that fails."""
        place, aside = self._full(path), ""
        if overwrite and self._ask(path, lambda: self.request_file(path), patience) is not None:
            aside = f"{place.rpartition('/')[0]}/{files.temporary_name()}"
            with self._asking(path), suppress_missing():
                self._api.move(place, aside)
        try:
            with self._asking(path):
                self._api.move(temporary, place)
        except BaseException:
            if aside:
                with suppress(LazuliteError, files.Interrupted):
                    self._ask(path, lambda: self._api.move(aside, place), patience)
            raise
        if aside:
            with suppress(LazuliteError), self._asking(path):
                self._api.delete(aside)

    def request_removal(self, infos: Sequence[FileInfo], folder: str | None) -> None:
        for path in [folder] if folder is not None else [info.path for info in infos]:
            with self._asking(path), suppress_missing():
                self._api.delete(self._full(path), recursive=True)


@contextmanager
def suppress_missing() -> Iterator[None]:
    """Take it for done that something is not there."""
    from databricks.sdk import errors

    with suppress(errors.NotFound, errors.ResourceDoesNotExist):
        yield
