"""Single files: written whole or not at all, copied fast, hashed in pieces.

A new file is written under a temporary name beside its final one and renamed when it is complete, so that neither a
crash nor Ctrl-C leaves half a file under a name that somebody reads.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_TEMPORARY = ".lazulite-"
_SUFFIX = ".part"
#: Up to this many bytes one read and one write are faster than asking the kernel to copy.
_SMALL = 1 << 20
_CHUNK = 16 << 20
#: The kernel or file system cannot copy between these two files by itself.
_NO_KERNEL_COPY = frozenset(
    {errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.EBADF, errno.ETXTBSY}
)

_numbers = itertools.count()
_TOKEN = os.urandom(6).hex()  # a forked child has the same, and another process id


class Interrupted(Exception):
    """Copying was asked to stop; what was begun has been removed."""


def temporary_name() -> str:
    """Return a name that no other thread or process uses for a file that is being written."""
    return f"{_TEMPORARY}{_TOKEN}-{os.getpid()}-{next(_numbers)}{_SUFFIX}"


def named_temporary(name: str) -> str:
    """Return the temporary name that stands for `name`: always the same, so that it can be found again."""
    return f"{_TEMPORARY}{name}{_SUFFIX}"


def name_of_temporary(temporary: str) -> str:
    """Return what `named_temporary` was given; "" if it is no temporary name."""
    return temporary[len(_TEMPORARY) : -len(_SUFFIX)] if is_temporary(temporary) else ""


def is_temporary(name: str) -> bool:
    """Whether the name is one of a file that is being written, or that a killed process left."""
    return name.startswith(_TEMPORARY) and name.endswith(_SUFFIX)


@contextmanager
def replacing(target: str, mode: int = 0o666) -> Iterator[int]:
    """Give a descriptor to write to; the file appears as `target` when the block ends without an exception.

    Args:
        target: The final path. Its folder must exist; a file of that name is replaced.
        mode: Permission bits, from which the process's umask is taken.
    """
    temporary = os.path.join(os.path.dirname(target), temporary_name())  # noqa: PTH118, PTH120 - one per file, counts
    try:
        with created(temporary, mode) as descriptor:
            yield descriptor
        os.replace(temporary, target)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise


@contextmanager
def created(path: str | Path, mode: int) -> Iterator[int]:
    """Create a file that must not exist yet, and give a descriptor to write to."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def write(target: Path, data: bytes, mode: int = 0o600) -> None:
    """Write `data` as the whole content of `target`."""
    with replacing(str(target), mode) as descriptor:
        write_all(descriptor, data)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write every byte; the operating system may take fewer at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def copy(
    source: str,
    target: str,
    *,
    size: int,
    mode: int = 0o666,
    mtime_ns: int | None = None,
    tick: Callable[[int], None] | None = None,
) -> int:
    """Copy the bytes of `source` into a new file that then replaces `target`.

    Args:
        source: The file to read.
        target: The final path; its folder must exist.
        size: About how many bytes are expected; chooses the way of copying.
        mode: Permission bits of the new file, from which the umask is taken.
        mtime_ns: Modification time to give to the copy, in nanoseconds.
        tick: Called with the number of bytes after each piece of a large file; may raise `Interrupted`.

    Returns:
        The number of bytes copied.
    """
    reading = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with replacing(target, mode) as writing:
            copied = copy_bytes(reading, writing, size, tick)
            if mtime_ns is not None:
                os.utime(writing, ns=(mtime_ns, mtime_ns))
        return copied
    finally:
        os.close(reading)


def copy_bytes(reading: int, writing: int, size: int, tick: Callable[[int], None] | None = None) -> int:
    """Copy everything from one descriptor to the other, inside the kernel where it can do that."""
    if size < _SMALL:
        data = os.read(reading, size + 1)
        if os.write(writing, data) == len(data) == size:
            return size
        os.lseek(reading, 0, os.SEEK_SET)  # the file grows or shrinks while it is read, or the disk is slow
        os.lseek(writing, 0, os.SEEK_SET)
        os.ftruncate(writing, 0)
    copied = _kernel_copy(reading, writing, tick)
    # Also after a kernel copy: some file systems report the end too early.
    while data := os.read(reading, _SMALL):
        write_all(writing, data)
        copied += len(data)
        if tick is not None:
            tick(len(data))
    return copied


def _kernel_copy(reading: int, writing: int, tick: Callable[[int], None] | None) -> int:
    copy_range = getattr(os, "copy_file_range", None)
    copied = 0
    while copy_range is not None:
        try:
            count: int = copy_range(reading, writing, _CHUNK)
        except OSError as error:
            if error.errno in _NO_KERNEL_COPY:
                break
            raise
        if count == 0:
            break
        copied += count
        if tick is not None:
            tick(count)
    return copied


def sha256_of(path: str) -> tuple[str, int]:
    """Return the sha256 of a file's bytes, in hex, and how many bytes those were."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(descriptor, 1 << 16)
        if len(data) < 1 << 16:  # most source files: one read, no buffer
            rest = os.read(descriptor, 1 << 16)
            if not rest:
                return hashlib.sha256(data).hexdigest(), len(data)
            data += rest
        digest = hashlib.sha256(data)
        size = len(data)
        buffer = bytearray(1 << 20)
        view = memoryview(buffer)
        while count := os.readv(descriptor, [buffer]):
            digest.update(view[:count])
            size += count
        return digest.hexdigest(), size
    finally:
        os.close(descriptor)
