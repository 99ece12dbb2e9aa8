"""The folder of a node, from which a later engine finds it, and the place of its socket.

`<home>/nodes/<id>/` holds `node.json` (a `NodeFile`) and `node.log`. It is written before the node starts and again
by the node when it is ready; a node whose `node.json` is gone ends by itself.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lazulite.model import codec
from lazulite.model.errors import ComputeUnavailable, Corrupt
from lazulite.worker import identity
from lazulite.worker.identity import ProcessIdentity

_FILE = "node.json"
LOG = "node.log"
#: Bytes that the address of a Unix socket may have on every system (Linux 108, macOS 104, with the closing zero).
_SOCKET_BYTES = 103


@dataclass(frozen=True)
class NodeFile:
    """A node: whose it is, with which interpreter, and once it runs its process and socket."""

    id: str
    workspace: str
    compute: str
    interpreter: str
    slot: int
    idle_seconds: float
    version: str = ""  # of Lazulite: what the node has loaded
    process: ProcessIdentity | None = None
    socket: str = ""
    created: float = field(default_factory=time.time)


def folder_of(home: Path, node: str) -> Path:
    return home / "nodes" / node


def write(folder: Path, node: NodeFile) -> None:
    """Write `node.json`, whole or not at all; the folder is private to its owner."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = folder / f".{_FILE}.{os.getpid()}"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(codec.dumps(node))
    new.replace(folder / _FILE)


def read(folder: Path) -> NodeFile | None:
    """Return the node of a folder; None if the folder holds none (any more)."""
    try:
        return codec.loads(NodeFile, (folder / _FILE).read_bytes())
    except (OSError, Corrupt):
        return None


def exists(folder: Path) -> bool:
    return (folder / _FILE).exists()


def all_of(home: Path) -> Iterator[tuple[Path, NodeFile]]:
    """Yield the nodes that left a folder; a folder that holds none is removed."""
    try:
        folders = sorted((home / "nodes").iterdir())
    except FileNotFoundError:
        return
    for folder in folders:
        node = read(folder)
        if node is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            yield folder, node


def remove(folder: Path, node: NodeFile) -> None:
    """Remove what a node that is gone left behind."""
    address = (read(folder) or node).socket  # the node itself wrote it down
    if address:
        with suppress(OSError):
            Path(address).unlink()
        with suppress(OSError):  # others of this home still have theirs in it
            Path(address).parent.rmdir()
    shutil.rmtree(folder, ignore_errors=True)


def kill(node: NodeFile) -> None:
    """End the process of a node that is of no use."""
    if node.process is not None and identity.is_alive(node.process):
        with suppress(ProcessLookupError):
            os.kill(node.process.pid, signal.SIGKILL)


def listen(home: Path, node: str, tries: int = 3) -> tuple[socket.socket, Path]:
    """Return a socket at which engines reach the node, and its address.

    Raises:
        ComputeUnavailable: there is no safe folder for it.
        OSError: the address cannot be used.
    """
    place = socket_path(home, node)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        place.unlink(missing_ok=True)
        listener.bind(str(place))
        listener.listen()
    except FileNotFoundError:  # the last other node of this home removed the folder just now
        listener.close()
        if tries <= 1:
            raise
        return listen(home, node, tries - 1)
    except BaseException:
        listener.close()
        raise
    return listener, place


def socket_path(home: Path, node: str) -> Path:
    """Return the place of a node's socket, in a folder that only this user can enter.

    It is not below the home folder, whose path may be longer than the address of a socket.

    Raises:
        ComputeUnavailable: the folder belongs to somebody else, or others may enter it.
    """
    name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - verified below
        path = base / f"lazulite-{os.getuid()}" / name / f"{node}.sock"
        if len(os.fsencode(path)) <= _SOCKET_BYTES:
            for folder in (path.parent.parent, path.parent):
                _private(folder)
            return path
    raise ComputeUnavailable(f"No folder for sockets with a path short enough was found (tried {path}).")


def _private(folder: Path) -> None:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise ComputeUnavailable(
            f"{folder} must be a folder that belongs to you and that nobody else may enter (mode 0700). "
            "Remove it, or set TMPDIR to a folder of your own."
        )
