"""Files in an object store, by the `obstore` library: what Azure's containers and S3 buckets have in common.

A folder is nothing but the beginning of names. What other tools leave for an empty one, an empty object with the
folder's name, is never taken for a file.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import Conflict, InvalidRequest, LazuliteError, NotFound, StorageError
from lazulite.model.files import FileInfo
from lazulite.storage.remote.base import RemoteStore
from lazulite.storage.remote.failures import BUSY, StoreUnusable, Unreachable, unreachable
from lazulite.storage.remote.requests import Children
from lazulite.storage.remote.retrying import Patience, attempt

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta, PutMode
    from obstore.store import ClientConfig, RetryConfig

_STATUS = re.compile(r"status code: (\d{3})|\(code: (\d{3})\)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
CODE = re.compile(r"<Code>(\w+)</Code>")
_NO_CONTAINER = frozenset(
    {"ContainerNotFound", "NoSuchBucket", "FilesystemNotFound", "ContainerBeingDeleted"}
)
#: The note by which a writer knows its own object again, when the answer to writing it got lost.
_MARK = "lazulite_put"
_LOOKS_AT_ONCE = 12
#: What a listing brings at a time.
_PAGE = 200

#: The library does not try again by itself: who does must know what was tried, and that Ctrl-C ends it.
NO_RETRY: RetryConfig = {"max_retries": 0}
CLIENT: ClientConfig = {"timeout": "15m", "read_timeout": "1m", "connect_timeout": "5s"}


class ObjectStore(RemoteStore):
    """The objects below a prefix of a container or bucket.

    Args:
        name: The datastore's name, for messages.
        objects: obstore's store for it.
        where: The container and its server, for messages.
        retry_seconds: For how long a store that stopped answering is asked again.
    """

    def __init__(self, name: str, objects: Any, where: str, retry_seconds: float) -> None:
        super().__init__(name, retry_seconds)
        self._objects = objects
        self._where = where

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self._where!r})"

    # --- errors ---

    def denied(self, code: str) -> StoreUnusable:
        """Return the error for credentials that were not accepted; `code` is the server's word."""
        raise NotImplementedError

    @contextmanager
    def asking(self, path: str) -> Iterator[None]:
        """Raise what obstore raises as errors of ours, which say what to do and hold no secret."""
        from obstore.exceptions import InvalidPathError

        try:
            yield
        except LazuliteError:
            raise
        except Exception as error:
            if isinstance(error, (RuntimeError, TypeError)):
                raise  # a programming error, or what a listener raised
            if isinstance(error, (InvalidPathError, ValueError)):
                raise self._unreadable(error, path) from None
            raise self._translated(error, path) from None  # its text may hold a signed address

    def _unreadable(self, error: Exception, path: str) -> StorageError:
        """The error for a name that the library cannot read: a listing ends there, and asking again changes nothing."""
        said = str(error).partition("Debug source:")[0].partition(": ")[2].strip()
        return StorageError(
            f"The {self.title} has a name at or below {path or '/'!r} that Lazulite cannot read ({said}). "
            "Rename what is there, or use folders without it.",
            path=path,
        )

    def _translated(self, error: Exception, path: str) -> LazuliteError:
        from obstore import exceptions

        text = str(error).partition("Debug source:")[0]
        status = next((int(one or other) for one, other in _STATUS.findall(text)), None)
        code = next(iter(CODE.findall(text)), "")
        if code in _NO_CONTAINER:
            return StoreUnusable(
                f"The {self.title} cannot be used: there is no {self._where}. Create it, or register the datastore "
                "again with the right name.",
                datastore=self.name,
            )
        if status in {401, 403} or isinstance(
            error, (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError)
        ):
            return self.denied(code)
        if isinstance(error, FileNotFoundError):
            return NotFound(f"There is no file {path!r} on {self.title}.", path=path)
        if isinstance(error, (exceptions.AlreadyExistsError, exceptions.PreconditionError)):
            return Conflict(
                f"{path!r} on {self.title} is there already, or has changed meanwhile.", path=path
            )
        if status is None or status in BUSY:
            said = "it does not answer" if status is None else f"it answers {status} {code}".rstrip()
            return unreachable(self.title, self._where, said)
        return StorageError(
            f"{path!r} on {self.title}: the server answered {status} {code}".rstrip() + ".", path=path
        )

    # --- requests ---

    def request_check(self) -> None:
        import obstore
        from obstore.exceptions import InvalidPathError

        # A name that cannot be read shows, too, that there is somebody who answers.
        with self.asking(""), suppress(InvalidPathError):
            next(obstore.list(self._objects, chunk_size=1), None)

    def plain(self, path: str) -> str:
        """As the base; a name with control characters is refused, too (`InvalidRequest`)."""
        inner = super().plain(path)
        if _CONTROL.search(inner):
            raise InvalidRequest(
                f"{inner!r} cannot be a name on {self.title}: it has a tab, a line break or another control character.",
                path=path,
            )
        return inner

    def request_file(self, path: str) -> FileInfo | None:
        import obstore

        try:
            with self.asking(path):
                found = obstore.get(self._objects, path, options={"head": True})
                meta = found.meta
                if not meta["size"] and is_marker(found.attributes):
                    return None
        except NotFound:
            # An answer without a body does not say what is missing.
            return None
        return as_info(meta)

    def request_files(self, folder: str, after: str) -> Iterator[FileInfo]:
        import obstore

        with self.asking(folder):
            pages = obstore.list(self._objects, folder or None, offset=after or None, chunk_size=_PAGE)
            held: list[FileInfo] = []
            for page in pages:
                infos = held + [as_info(meta) for meta in page]
                # The last one may be the marker of a folder whose files come on the next page.
                held = infos[-1:]
                yield from self._without_markers(infos, infos[:-1], after)
            yield from self._without_markers(held, held, after)

    def _without_markers(
        self, seen: Sequence[FileInfo], wanted: Sequence[FileInfo], after: str
    ) -> Iterator[FileInfo]:
        empty = [info.path for info in wanted if not info.size]
        markers = {path for path in empty if any(one.path.startswith(path + "/") for one in seen)}
        doubtful = [path for path in empty if path not in markers]
        if len(doubtful) == 1:
            markers |= {path for path in doubtful if self.request_file(path) is None}
        elif doubtful:
            with ThreadPoolExecutor(_LOOKS_AT_ONCE) as crew:
                found = crew.map(self.request_file, doubtful)
                markers |= {path for path, info in zip(doubtful, found, strict=True) if info is None}
        yield from (info for info in wanted if info.path not in markers and info.path > after)

    def request_children(self, folder: str) -> Children | None:
        import obstore

        with self.asking(folder):
            found = obstore.list_with_delimiter(self._objects, folder or None)
        cut = len(folder) + 1 if folder else 0
        folders = tuple(sorted({path[cut:].rstrip("/") for path in found["common_prefixes"]} - {""}))
        infos = [as_info(meta) for meta in found["objects"]]
        # A server that keeps folders shows those, too, whose last file is gone.
        if folder and not infos and not self.has_folder(folder):
            return None
        inner = [
            info for info in infos if info.path != folder and (info.size or info.path[cut:] not in folders)
        ]
        markers = [FileInfo(f"{folder}/{name}".lstrip("/") + "/", 1, 0) for name in folders]
        shown = tuple(self._without_markers([*inner, *markers], inner, ""))
        lone = {info.path[cut:] for info in inner} - {info.path[cut:] for info in shown}
        return Children(tuple(sorted({*folders, *lone})), shown)

    def has_folder(self, folder: str) -> bool:
        import obstore

        with self.asking(folder):
            page = next(obstore.list(self._objects, folder, chunk_size=1), None)
            if page:
                return True
            try:
                return is_marker(obstore.get(self._objects, folder, options={"head": True}).attributes)
            except FileNotFoundError:
                return False

    def request_range(self, info: FileInfo, start: int, stop: int) -> bytes | memoryview:
        import obstore

        options: GetOptions = {"range": (start, stop), "if_match": f'"{info.etag}"'}
        with self.asking(info.path):
            return memoryview(obstore.get(self._objects, info.path, options=options).bytes())

    def request_stream(self, info: FileInfo, start: int, stop: int) -> Iterator[bytes | memoryview]:
        import obstore

        options: GetOptions = {"range": (start, stop), "if_match": f'"{info.etag}"'}
        with self.asking(info.path):
            for part in obstore.get(self._objects, info.path, options=options).stream(1 << 20):
                yield memoryview(part)

    def put_whole(self, path: str, data: bytes, patience: Patience, *, overwrite: bool) -> FileInfo:
        import obstore

        mark = {} if overwrite else new_mark()
        mode: PutMode = "overwrite" if overwrite else "create"
        tried = False

        def once() -> FileInfo:
            nonlocal tried
            try:
                with self.asking(path):
                    done = obstore.put(
                        self._objects, path, data, attributes=mark, mode=mode, use_multipart=False
                    )
            except Conflict:
                # Perhaps it is what the first try wrote, whose answer got lost.
                if tried and (found := self.written_by(path, mark)) is not None:
                    return found
                raise
            except Unreachable:
                tried = True
                raise
            return FileInfo(path, len(data), now_ns(), (done["e_tag"] or "").strip('"'))

        return attempt(once, patience)

    def written_by(self, path: str, mark: Mapping[str, str]) -> FileInfo | None:
        """Return the facts of an object if it carries the note."""
        import obstore

        with self.asking(path):
            found = obstore.get(self._objects, path, options={"head": True})
        attributes = {name.lower(): value for name, value in found.attributes.items()}
        return as_info(found.meta) if mark.items() <= attributes.items() else None

    def request_removal(self, infos: Sequence[FileInfo], folder: str | None) -> None:

        paths = [info.path for info in infos]
        with self.asking(folder or "".join(paths[:1])):
            for start in range(0, len(paths), 1000):
                _delete(self._objects, paths[start : start + 1000])
            if folder is not None:
                _delete(self._objects, [folder])  # its marker


def _delete(objects: Any, paths: Sequence[str]) -> None:
    import obstore

    try:
        obstore.delete(objects, paths)
    except FileNotFoundError:
        # One was gone already; which of the others were deleted is not said.
        for path in paths:
            try:
                obstore.delete(objects, path)
            except FileNotFoundError:
                continue


def is_marker(attributes: Any) -> bool:
    """Whether an object's notes say that it stands for a folder, as ADLS and older Hadoop drivers leave them."""
    return str(attributes.get("hdi_isfolder", "")).lower() == "true"


def as_info(meta: ObjectMeta) -> FileInfo:
    """Return what a listing tells of an object."""
    moment = meta["last_modified"]
    return FileInfo(meta["path"], meta["size"], _nanoseconds(moment), (meta["e_tag"] or "").strip('"'))


def now_ns() -> int:
    """The time as an object store would note it: whole seconds."""
    return _nanoseconds(datetime.now(timezone.utc).replace(microsecond=0))


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000) * 1_000_000


def new_mark() -> dict[str, str]:
    """A note for an object that nobody else makes."""
    return {_MARK: secrets.token_hex(8)}
