"""A loopback server for Azure file shares: the part of the REST interface that Microsoft's client uses of it for
`storage.remote.shares`.

No emulator of Azure Files exists. This one proves what our client sends and how it takes the answers, as the documents
of the service describe them; it proves nothing about the service itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

ACCOUNT = "filesaccount"
KEY = base64.b64encode(b"the key of a loopback server that keeps nothing secret, 64 bytes").decode()
SHARE = "share"
_SIGNED = (
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-MD5",
    "Content-Type",
    "Date",
    "If-Modified-Since",
    "If-Match",
    "If-None-Match",
    "If-Unmodified-Since",
    "Range",
)


class Refused(Exception):
    """An answer that is none of success: status and the service's word for it."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class _File:
    data: bytearray
    etag: str


@dataclass
class Share:
    """The folders and files of one share, by their path."""

    folders: set[str] = field(default_factory=lambda: {""})
    files: dict[str, _File] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    lock: threading.RLock = field(default_factory=threading.RLock)
    #: Statuses that the next requests get instead of an answer.
    troubles: list[int] = field(default_factory=list)
    #: Kinds of request (`comp`) that are carried out once more, and whose answer is lost then.
    lost: list[str] = field(default_factory=list)

    def new_etag(self) -> str:
        return f'"0x8D{next(self.numbers):013X}"'

    def file(self, path: str) -> _File:
        if path in self.folders:
            raise Refused(409, "ResourceTypeMismatch")
        if path not in self.files:
            raise Refused(404, "ResourceNotFound")
        return self.files[path]

    def require_folder(self, path: str) -> None:
        if path in self.files:
            raise Refused(409, "ResourceTypeMismatch")
        if path not in self.folders:
            raise Refused(404, "ResourceNotFound")

    def require_parent(self, path: str) -> None:
        if path.rpartition("/")[0] not in self.folders:
            raise Refused(404, "ParentNotFound")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_PUT = do_DELETE = do_GET  # noqa: N815 - the base's names

    def _answer(self) -> None:
        share = self.server.share
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            if share.troubles:
                raise Refused(share.troubles.pop(0), "ServerBusy")  # noqa: TRY301
            self._check_signature(parts.path, query)
            name, _, path = unquote(parts.path).lstrip("/").partition("/")
            if name != SHARE:
                raise Refused(404, "ShareNotFound")  # noqa: TRY301
            with share.lock:
                status, headers, data = self._act(share, path, query, body)
            if query.get("comp") in share.lost:
                share.lost.remove(query["comp"])
                raise Refused(503, "ServerBusy")  # noqa: TRY301
        except Refused as refused:
            text = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{refused.code}</Code></Error>'
            status, headers, data = refused.status, {"x-ms-error-code": refused.code}, text.encode()
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _check_signature(self, path: str, query: Mapping[str, str]) -> None:
        signed = [self.headers.get(name, "") for name in _SIGNED]
        signed[2] = "" if signed[2] == "0" else signed[2]
        named = sorted(
            (name.lower(), value) for name, value in self.headers.items() if name.lower().startswith("x-ms-")
        )
        text = "\n".join(
            [self.command, *signed, *(f"{name}:{value}" for name, value in named), f"/{ACCOUNT}{path}"]
        )
        text += "".join(f"\n{name.lower()}:{value}" for name, value in sorted(query.items()))
        made = base64.b64encode(
            hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
        ).decode()
        if self.headers.get("Authorization") != f"SharedKey {ACCOUNT}:{made}":
            raise Refused(403, "AuthenticationFailed")

    def _act(
        self, share: Share, path: str, query: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        kind, what = query.get("restype", ""), query.get("comp", "")
        if kind == "directory" and what == "list":
            return 200, {"Content-Type": "application/xml"}, _listing(share, path)
        if kind == "directory":
            return self._folder(share, path)
        if self.command == "PUT":
            return self._write(share, path, what, body)
        file = share.file(path)
        if self.command == "DELETE":
            del share.files[path]
            return 202, {}, b""
        return self._read(file)

    def _folder(self, share: Share, path: str) -> tuple[int, dict[str, str], bytes]:
        if self.command == "PUT":
            share.require_parent(path)
            if path in share.folders or path in share.files:
                raise Refused(409, "ResourceAlreadyExists")
            share.folders.add(path)
            return 201, {"ETag": share.new_etag(), "Last-Modified": formatdate(usegmt=True)}, b""
        share.require_folder(path)
        if self.command == "DELETE":
            if any(one.startswith(path + "/") for one in (*share.folders, *share.files)):
                raise Refused(409, "DirectoryNotEmpty")
            share.folders.remove(path)
            return 202, {}, b""
        return 200, {"ETag": '"0x8D"', "Last-Modified": formatdate(usegmt=True)}, b""

    def _write(self, share: Share, path: str, what: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        status = 201
        if what == "rename":
            source = unquote(urlsplit(self.headers["x-ms-file-rename-source"]).path).split("/", 2)[2]
            if path in share.folders:
                raise Refused(409, "ResourceTypeMismatch")
            if path in share.files and self.headers.get("x-ms-file-rename-replace-if-exists") != "true":
                raise Refused(409, "ResourceAlreadyExists")
            share.require_parent(path)
            share.files[path] = share.file(source)
            del share.files[source]
            status = 200
        elif what == "range":
            begin, end = (int(one) for one in self.headers["x-ms-range"].removeprefix("bytes=").split("-"))
            given = self.headers.get("Content-MD5")
            if (
                given
                and base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode() != given
            ):
                raise Refused(400, "Md5Mismatch")
            file = share.file(path)
            if end >= len(file.data) or end - begin + 1 != len(body):
                raise Refused(416, "InvalidRange")
            file.data[begin : end + 1] = body
        elif what == "properties":
            data, size = share.file(path).data, int(self.headers["x-ms-content-length"])
            data[:] = data[:size].ljust(size, b"\0")
            status = 200
        else:
            share.require_parent(path)
            if path in share.folders:
                raise Refused(409, "ResourceTypeMismatch")
            share.files[path] = _File(bytearray(int(self.headers["x-ms-content-length"])), "")
        share.files[path].etag = share.new_etag()
        return status, {"ETag": share.files[path].etag, "Last-Modified": formatdate(usegmt=True)}, b""

    def _read(self, file: _File) -> tuple[int, dict[str, str], bytes]:
        headers = {"ETag": file.etag, "Last-Modified": formatdate(usegmt=True), "x-ms-type": "File"}
        asked = self.headers.get("x-ms-range") or self.headers.get("Range")
        if self.command == "HEAD" or not asked:
            return 200, {**headers, "Content-Length": str(len(file.data))}, bytes(file.data)
        begin, _, end = asked.removeprefix("bytes=").partition("-")
        if int(begin) >= len(file.data):
            raise Refused(416, "InvalidRange")
        part = bytes(file.data[int(begin) : int(end) + 1 if end else None])
        shown = f"bytes {begin}-{int(begin) + len(part) - 1}/{len(file.data)}"
        return 206, {**headers, "Content-Range": shown}, part


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, share: Share) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.share = share


def _listing(share: Share, folder: str) -> bytes:
    share.require_folder(folder)
    base = f"{folder}/" if folder else ""
    now = formatdate(usegmt=True)
    entries = [
        f"<Directory><Name>{escape(path[len(base) :])}</Name><Properties /></Directory>"
        for path in sorted(share.folders - {""})
        if path.startswith(base) and "/" not in path[len(base) :]
    ]
    for path, file in sorted(share.files.items()):
        if path.startswith(base) and "/" not in path[len(base) :]:
            entries.append(
                f"<File><Name>{escape(path[len(base) :])}</Name><Properties><Content-Length>{len(file.data)}"
                f"</Content-Length><Last-Modified>{now}</Last-Modified><Etag>{escape(file.etag)}</Etag></Properties></File>"
            )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Entries>{"".join(entries)}</Entries><NextMarker />'
        "</EnumerationResults>"
    ).encode()


@contextmanager
def serving() -> Iterator[tuple[str, Share]]:
    """A server with an empty share, and its host and port, for as long as the block lasts."""
    share = Share()
    with _Server(share) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", share
        finally:
            server.shutdown()
            thread.join()
