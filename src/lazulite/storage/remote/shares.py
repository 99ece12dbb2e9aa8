"""Azure file shares, by Microsoft's `azure-storage-file-share`.

A share has real folders, and writes a file range by range where all can see it. So a file is written under a temporary
name beside its final one and renamed, by the server, when it is complete.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from lazulite.model.assets import Datastore
from lazulite.model.errors import Conflict, InvalidRequest, NotFound, StorageError
from lazulite.model.files import FileInfo
from lazulite.model.places import service_url
from lazulite.storage import files
from lazulite.storage.remote import azure_access, azure_errors, pieces
from lazulite.storage.remote.base import RETRY_SECONDS, RemoteStore
from lazulite.storage.remote.failures import StoreUnusable, Unreachable, missing_library
from lazulite.storage.remote.requests import Children
from lazulite.storage.remote.retrying import Patience, attempt

#: What one request may write.
_RANGE = 4 << 20
_STREAMED = 1 << 20
_FORBIDDEN = frozenset('":|<>*?')


class FileShare(RemoteStore):
    """The files of one share.

    Args:
        record: The datastore's record, as of `AzureContainer`; `container_name` is the share.
        secret: account_key, sas_token or client_secret.

    Raises:
        InvalidRequest: something is missing in the record, or the library is not installed.
        StoreUnusable: the SAS has ended.
    """

    def __init__(self, record: Datastore, secret: Mapping[str, Any]) -> None:
        super().__init__(record.name, float(record.options.get("retry_seconds", RETRY_SECONDS)))
        try:
            from azure.storage.fileshare import ShareClient
        except ImportError as error:
            raise missing_library(f"Datastore '{record.name}'", "azure", error) from error
        self._record = record
        parts = urlsplit(service_url(record, "file"))
        url = f"{parts.scheme}://{parts.netloc}"
        self._where = f"file share '{record.container_name}' on {url}"
        self._url = f"{url}/{record.container_name}"
        proof = azure_access.proof(record, secret)
        by_key = {"account_name": record.account_name, "account_key": proof.key}
        self._share: Any = ShareClient(
            url,
            record.container_name,
            credential=by_key if proof.key else proof.for_client(),
            token_intent="backup" if proof.tokens else None,
            retry_total=0,
            connection_timeout=5,
            read_timeout=60,
        )
        self._folders: set[str] = set()  # known to be there
        self._making = threading.Lock()

    def plain(self, path: str) -> str:
        """As the base; a name that a share cannot keep is refused, too (`InvalidRequest`)."""
        inner = super().plain(path)
        if wrong := sorted(_FORBIDDEN & set(inner)):
            raise InvalidRequest(
                f"{inner!r} cannot be a name on {self.title}: a file share allows no {' '.join(wrong)} in names.",
                path=path,
            )
        return inner

    def uri(self, path: str) -> str:
        return f"{self._url}/{quote(self.plain(path))}".rstrip("/")

    def create_container(self) -> bool:
        """Create the share if it is not there; tell whether it was made."""
        with self._asking(""):
            try:
                self._share.create_share()
            except Exception as error:
                if getattr(error, "status_code", None) == 409:  # noqa: PLR2004
                    return False
                raise
        return True

    def _denied(self, code: str) -> StoreUnusable:
        return azure_access.denied(self._record, self._where, code)

    @contextmanager
    def _asking(self, path: str) -> Iterator[None]:
        with azure_errors.asking(path, self.title, self._where, self._denied):
            yield

    def _file(self, path: str) -> Any:
        return self._share.get_file_client(path)

    # --- requests ---

    def request_check(self) -> None:
        with self._asking(""):
            next(iter(self._share.list_directories_and_files(results_per_page=1)), None)

    def request_file(self, path: str) -> FileInfo | None:
        try:
            with self._asking(path):
                return _info(path, self._file(path).get_file_properties())
        except (NotFound, Conflict):  # a folder is there
            return None

    def request_files(self, folder: str, after: str) -> Iterator[FileInfo]:
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            children = self.request_children(here)
            if children is not None:
                waiting += [f"{here}/{name}".lstrip("/") for name in children.folders]
                yield from children.files

    def request_children(self, folder: str) -> Children | None:
        folders, infos = [], []
        try:
            with self._asking(folder):
                found = self._share.get_directory_client(folder).list_directories_and_files(
                    include=["timestamps", "Etag"]
                )
                for one in found:
                    if one.is_directory:
                        folders.append(one.name)
                    else:
                        infos.append(_info(f"{folder}/{one.name}".lstrip("/"), one))
        except (NotFound, Conflict):
            return None
        return Children(tuple(folders), tuple(infos))

    def has_folder(self, folder: str) -> bool:
        try:
            with self._asking(folder):
                return bool(self._share.get_directory_client(folder).exists())
        except Conflict:  # a file is there
            return False

    def request_range(self, info: FileInfo, start: int, stop: int) -> bytes:
        with self._asking(info.path):
            found = self._file(info.path).download_file(offset=start, length=stop - start)
            if _etag(found.properties) != info.etag:
                raise Conflict(f"{info.path!r} on {self.title} has changed meanwhile.", path=info.path)
            data: bytes = found.readall()
            return data

    def request_stream(self, info: FileInfo, start: int, stop: int) -> Iterator[bytes]:
        for at in range(start, stop, _STREAMED):
            yield self.request_range(info, at, min(at + _STREAMED, stop))

    def piece_size(self, size: int | None) -> int:
        return _RANGE

    def put_whole(self, path: str, data: bytes, patience: Patience, *, overwrite: bool) -> FileInfo:
        return self.put_pieces(path, [data] if data else [], len(data), patience, overwrite=overwrite)

    def put_pieces(
        self, path: str, parts: Iterable[bytes], size: int | None, patience: Patience, *, overwrite: bool
    ) -> FileInfo:
        parent = path.rpartition("/")[0]
        self.plain(path)
        self._make_folders(parent, patience)
        draft = f"{parent}/{files.temporary_name()}".lstrip("/")
        temporary = self._file(draft)

        def ask(call: Callable[[], Any]) -> Any:
            def once() -> Any:
                with self._asking(path):
                    return call()

            return attempt(once, patience)

        ask(lambda: temporary.create_file(size or 0))
        try:
            written = 0

            def placed() -> Iterator[tuple[int, bytes]]:
                nonlocal written
                for part in parts:
                    for begin in range(0, len(part), _RANGE):
                        piece = part[begin : begin + _RANGE]
                        written += len(piece)
                        if written > (size or 0):
                            ask(partial(temporary.resize_file, written))
                        yield written - len(piece), piece

            def send(item: tuple[int, bytes]) -> None:
                ask(lambda: temporary.upload_range(item[1], item[0], len(item[1]), validate_content=True))

            pieces.in_threads(
                placed(), send, pieces.PIECES_AT_ONCE if (size or _RANGE + 1) > _RANGE else 1, patience
            )
            if size is not None and written < size:
                ask(lambda: temporary.resize_file(written))
            self._rename(draft, path, patience, overwrite=overwrite)
        except BaseException:
            with suppress(Exception):
                temporary.delete_file()
            raise
        with self._asking(path):
            return attempt(lambda: self.find(path), patience)

    def _rename(self, draft: str, path: str, patience: Patience, *, overwrite: bool) -> None:
        """Give a complete file its name; that it has it already is found out, if an answer got lost."""
        tried = False

        def once() -> None:
            nonlocal tried
            try:
                with self._asking(path):
                    self._file(draft).rename_file(path, overwrite=overwrite)
            except (NotFound, Conflict):
                if not tried or self.request_file(draft) is not None:
                    raise
            except Unreachable:
                tried = True
                raise

        attempt(once, patience)

    def _make_folders(self, folder: str, patience: Patience) -> None:
        parts = folder.split("/") if folder else []
        with self._making:
            for count in range(1, len(parts) + 1):
                one = "/".join(parts[:count])
                if one not in self._folders:
                    attempt(lambda: self._make_folder(one), patience)  # noqa: B023 - called at once
                    self._folders.add(one)

    def _make_folder(self, folder: str) -> None:
        try:
            with self._asking(folder):
                self._share.create_directory(folder)
        except Conflict as error:
            if not self.has_folder(folder):
                raise StorageError(
                    f"a file is at {folder!r} on {self.title}, where a folder is needed"
                ) from error

    def request_removal(self, infos: Sequence[FileInfo], folder: str | None) -> None:
        for info in infos:
            with suppress(NotFound), self._asking(info.path):
                self._file(info.path).delete_file()
        if folder is not None:
            self._remove_folder(folder)

    def _remove_folder(self, folder: str) -> None:
        children = self.request_children(folder)
        for name in children.folders if children else ():
            self._remove_folder(f"{folder}/{name}")
        with self._making:
            self._folders.discard(folder)
        with suppress(NotFound), self._asking(folder):
            self._share.delete_directory(folder)


def _etag(properties: Any) -> str:
    return str(properties.etag or "").strip('"')


def _info(path: str, properties: Any) -> FileInfo:
    moment = properties.last_modified
    return FileInfo(
        path, properties.size, int(moment.timestamp() * 1000) * 1_000_000 if moment else 0, _etag(properties)
    )
