"""The program of a warm interpreter: it forks for each script and lets the fork be `python script.py`.

It is run by the interpreter of a step's environment, started with the environment variables that the environment's
scripts start with, and imports next to nothing: what a script finds is what a fresh interpreter would have given it.
So it knows only the standard library (Python 3.8 and newer), and of that no more than `python -c pass` loads anyway.

    python fork_server.py <socket> [<module to import beforehand> …]

On the socket it first says what it is; then, one after the other, it is told what to run, answers the pid, and when
that process has ended how it ended. Messages are marshalled and preceded by their length in four bytes. The pipes for
stdout and stderr come along with the order. When the socket closes it ends.

The fork ends as an interpreter ends. For a script of plain Python the parts of that which can be noticed are done one
by one: going through all modules of the interpreter would cost several times what the script does.
"""

from __future__ import annotations

import sys

if not getattr(sys.flags, "safe_path", False):
    del sys.path[0]  # the folder of this program
import _imp
import _socket
import _thread
import _weakref
import gc
import io
import marshal
import os
import warnings
from importlib.machinery import EXTENSION_SUFFIXES, SourceFileLoader

TYPE_CHECKING = False  # of typing, which scripts do not get for nothing
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import CodeType, ModuleType
    from typing import Any

#: Compiled scripts kept, and the size in bytes up to which one is: steps often run the same script again and again.
_KEPT, _LARGEST = 32, 1 << 20
_FORMAT = 2  # of marshal: what every version understands
_HEAD = 4  # bytes that tell the length of a message
_COMPILED = tuple(EXTENSION_SUFFIXES)
_FLUSH_FAILED = 120  # the exit code of an interpreter that could not write its last output


def main(connection: _socket.socket, names: Sequence[str]) -> dict[str, Any]:
    """Serve until the socket closes; return what the fork is to run, in the fork."""
    before = set(sys.modules)
    failed = _load(names)
    _send(
        connection,
        {
            "version": list(sys.version_info[:3]),
            "path": list(sys.path),
            "threads": _threads(),
            "loaded": sorted({name.partition(".")[0] for name in set(sys.modules) - before}),
            "failed": failed,
        },
    )
    codes: dict[bytes, CodeType | None] = {}
    gc.collect()
    gc.freeze()  # a collection in the fork leaves alone, and therefore shared, what is there now
    while True:
        order, pipes = _receive(connection)
        if order is None:
            os._exit(0)
        order["code"] = _compiled(order["file"], codes)
        pid = _forked(connection)
        if pid == 0:
            for number, pipe in enumerate(pipes, start=1):
                os.dup2(pipe, number)
                os.close(pipe)
            connection.close()
            return order
        for pipe in pipes:
            os.close(pipe)
        if pid is not None:
            _, status, usage = os.wait4(pid, 0)
            _send(connection, [status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss])


def _forked(connection: _socket.socket) -> int | None:
    try:
        pid = os.fork()
    except OSError as error:
        _send(connection, [0, error.errno])
        return None
    if pid == 0:
        os.setpgid(0, 0)
    else:
        try:
            os.setpgid(pid, pid)  # whoever comes first: it must be so before anybody signals the group
        except OSError:
            pass
        _send(connection, [pid, 0])
    return pid


def _load(names: Sequence[str]) -> list[str]:
    """Import modules beforehand (`name` or `name:attribute,…`); return the names of those that cannot be."""
    failed = []
    for name in names:
        module, _, attributes = name.partition(":")
        try:
            __import__(module, None, None, attributes.split(",") if attributes else [])
        except BaseException:  # noqa: BLE001 - the script will meet it, and show it
            failed.append(name)
    return failed


def _threads() -> int:
    """How many threads this process has: a fork has only the one that forks."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1 + _thread._count()


def _compiled(file: str, codes: dict[bytes, CodeType | None]) -> CodeType | None:
    """The script's code, kept by its source; None where compiling it prints something, or fails."""
    try:
        if os.stat(file).st_size > _LARGEST:
            return None
        source = read(file)
    except OSError:
        return None
    if source in codes:
        codes[source] = codes.pop(source)
        return codes[source]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            code = compile(source, file, "exec", 0, True)
    except BaseException:  # noqa: BLE001 - the fork compiles it again, and shows it
        code = None
    codes[source] = code
    if len(codes) > _KEPT:
        del codes[next(iter(codes))]
    return code


def _send(connection: _socket.socket, message: Any) -> None:
    data = marshal.dumps(message, _FORMAT)
    connection.sendall(len(data).to_bytes(_HEAD, "big") + data)


def _receive(connection: _socket.socket) -> tuple[dict[str, Any] | None, Sequence[int]]:
    """The next order with its pipes; (None, ()) at the end."""
    pipes: list[int] = []
    data = b""
    length = _HEAD
    while len(data) < length:
        part, extra, _, _ = connection.recvmsg(length - len(data), 64)
        if not part:
            return None, ()
        for level, kind, numbers in extra:
            if level == _socket.SOL_SOCKET and kind == _socket.SCM_RIGHTS:
                pipes += [int.from_bytes(numbers[i : i + 4], sys.byteorder) for i in range(0, 8, 4)]
        data += part
        if length == len(data) == _HEAD:
            length += int.from_bytes(data, "big")
    return marshal.loads(data[_HEAD:]), pipes


# --- in the fork ---


def become(order: dict[str, Any]) -> tuple[CodeType | None, dict[str, Any]]:
    """Make the process what the script expects; return its code and its namespace."""
    if order["cpus"]:
        os.sched_setaffinity(0, order["cpus"])
    if order["memory"]:
        import resource

        try:
            resource.setrlimit(resource.RLIMIT_DATA, order["memory"])
        except (ValueError, OSError):
            pass  # the node has said so
    os.chdir(order["folder"])
    os.environ.update(order["variables"])
    sys.argv[:] = order["argv"]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[:] = [sys.executable, *order["argv"]]
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, order["path"])
    random = sys.modules.get("numpy.random")
    if random is not None:
        random.seed()  # loaded beforehand, and so the same in every fork
    module = type(sys)("__main__")
    del module.__doc__, module.__package__, module.__loader__, module.__spec__
    space = module.__dict__
    space["__doc__"] = space["__package__"] = None
    space["__loader__"] = SourceFileLoader("__main__", order["file"])
    space["__spec__"] = None
    if sys.version_info < (3, 14):
        space["__annotations__"] = {}
    space["__builtins__"] = sys.modules["builtins"]
    space["__file__"] = order["file"]
    space["__cached__"] = None
    sys.modules["__main__"] = module
    code = order["code"]
    if code is not None:
        _imp._fix_co_filename(code, order["file"])  # type: ignore[attr-defined]
    return code, space


def read(file: str) -> bytes:
    """The script's source, as bytes: its first lines may name its encoding."""
    with io.FileIO(file) as script:
        return script.readall()


def uncaught(error: BaseException) -> int:
    """Show an exception as the interpreter does, without the frame of this program; return the exit code."""
    if isinstance(error, SystemExit):
        return _exit_code(error.code)
    error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
    kind, trace = type(error), error.__traceback__
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    try:
        sys.excepthook(kind, error, trace)
    except SystemExit as end:
        return _exit_code(end.code)
    except BaseException as other:  # noqa: BLE001
        other.__traceback__ = other.__traceback__ and other.__traceback__.tb_next
        _say("Error in sys.excepthook:\n")
        sys.__excepthook__(type(other), other, other.__traceback__)
        _say("\nOriginal exception was:\n")
        sys.__excepthook__(kind, error, trace)
    return 1


def _exit_code(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF if -(1 << 63) <= code < 1 << 63 else 0xFF
    _say(f"{code}\n")
    return 1


def _say(text: str) -> None:
    try:
        sys.stderr.write(text)
    except BaseException:  # noqa: BLE001
        pass


def end(code: int, base: Mapping[str, ModuleType], interrupted: bool) -> None:
    """End as an interpreter does. Returns if the interpreter had better do it itself: threads, signals, foreign code."""
    if interrupted or _thread._count() or _has_foreign_code():
        return
    threading = sys.modules.get("threading")
    if threading is not None:
        threading._shutdown()
    atexit = sys.modules.get("atexit")
    if atexit is not None:
        try:
            atexit._run_exitfuncs()
        except BaseException:  # noqa: BLE001 - it is printed already
            pass
    if _thread._count() or not _flushed():
        return
    _forget(base)
    if not _flushed():
        code = _FLUSH_FAILED
    os._exit(code)


def _has_foreign_code() -> bool:
    """Whether compiled code is loaded that is not the interpreter's own: it may rely on the very end of the process."""
    own = os.path.dirname(os.__file__)
    for module in list(sys.modules.values()):
        place = getattr(getattr(module, "__spec__", None), "origin", None) or ""
        if place.endswith(_COMPILED) and (not place.startswith(own) or "site-packages" in place):
            return True
    return False


def _forget(base: Mapping[str, ModuleType]) -> None:
    """Let go of what the script made, so that files are closed and `__del__` is called, in the interpreter's order."""
    _flush_files()  # a collection may close a file before what stands in its buffer is written
    sys.meta_path = sys.path_hooks = sys.path = sys.argv = None  # type: ignore[assignment]
    sys.last_value = sys.last_traceback = sys.last_exc = None  # type: ignore[attr-defined]
    names = [name for name, module in sys.modules.items() if base.get(name) is not module]
    modules = []
    for name in names:
        if isinstance(sys.modules[name], type(sys)):
            modules.append(_weakref.ref(sys.modules[name]))
        sys.modules[name] = None  # type: ignore[assignment]
    gc.collect()
    left = [module.__dict__ for module in (reference() for reference in modules) if module is not None]
    for space in left:
        _clear(space)
    if left:
        gc.collect()
    _flush_files()


def _clear(space: dict[str, Any]) -> None:
    for first in (True, False):
        for name in list(space):
            private = name[:1] == "_" and name[1:2] != "_"
            if private is first and name != "__builtins__":
                space[name] = None


def _flush_files() -> None:
    for found in gc.get_objects():
        if isinstance(found, (io.BufferedWriter, io.BufferedRandom, io.TextIOWrapper)):
            try:
                found.flush()
            except BaseException:  # noqa: BLE001 - it is closed; an interpreter that ends says nothing either
                pass


def _flushed() -> bool:
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
    except BaseException:  # noqa: BLE001
        return False
    return True


if __name__ == "__main__":
    _order = main(_socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
    _base = dict(sys.modules)
    _code, _space = become(_order)
    _raised: BaseException | None = None
    try:
        if _code is None:
            _code = compile(read(_order["file"]), _order["file"], "exec", 0, True)
        exec(_code, _space)  # noqa: S102 - this is what a script is
    except BaseException as _error:  # noqa: BLE001
        _raised = _error
    _result = 0 if _raised is None else uncaught(_raised)
    _interrupted = isinstance(_raised, KeyboardInterrupt)
    del _code, _space, _raised
    end(_result, _base, _interrupted)
    if _interrupted:
        sys.excepthook = lambda *_: None
        raise KeyboardInterrupt
    sys.exit(_result)
