"""What can be chosen about the server."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True)
class Settings:
    """How the server answers. The defaults are those of one person's machine.

    `allowed_hosts` are the names that requests may call it by, without port ("*.example.org" stands for all below, "*"
    for any): it is what keeps a page on the web from reaching a server on localhost under a name of its own.
    `allowed_origins` are the sites besides itself whose pages may call it ("https://example.org"). `max_body_bytes`
    bounds JSON, `max_file_bytes` one uploaded file. `read_seconds` is how long the next piece of a body may take.
    `public_url` is what the server is reached by, where a proxy stands before it.
    """

    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    allowed_origins: tuple[str, ...] = ()
    max_body_bytes: int = 64 * _MIB
    max_file_bytes: int = 64 * 1024 * _MIB
    read_seconds: float = 30.0
    #: Calls of the service at a time; the others wait.
    worker_threads: int = 32
    #: Uploads and downloads at a time, which may each take minutes.
    transfer_threads: int = 16
    #: How long a request for events may wait for one.
    max_wait_seconds: float = 60.0
    heartbeat_seconds: float = 15.0
    #: Open event streams at a time.
    max_streams: int = 500
    public_url: str = ""
