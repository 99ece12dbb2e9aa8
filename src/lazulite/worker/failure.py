"""From what went wrong to what the user reads: a code, one message, and the script's own last words."""

from __future__ import annotations

import errno
import re
import signal

from lazulite.model.errors import LazuliteError, StorageFull, TransferFailed
from lazulite.model.job import Job
from lazulite.model.run import RunError
from lazulite.worker.supervision import Cause, End

_HEADER = re.compile(r"^(?:\s*\+ Exception Group )?Traceback \(most recent call last\):", re.MULTILINE)
_CAUSE = re.compile(
    r"^(?:During handling of the above exception, another|The above exception was the direct cause)",
    re.MULTILINE,
)
_LINES = 50  # of output that stand for a traceback where there is none
_LONGEST = 20_000  # characters of last words; the log has all of them
_WORDS = 600  # characters of an exception's text that the message repeats
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_SHELL_SIGNAL = 128  # a shell answers 128 + n for a command that signal n ended


def of_script(job: Job, label: str, end: End, output: str, errors: str) -> RunError | None:
    """Return the error of a script that ended; None if it ended well. `output`: the end of all it printed."""
    if end.cause is Cause.TIMED_OUT:
        return RunError(
            "TimedOut",
            f"{label} was ended after {job.timeout_seconds:g} seconds, the time limit of the step "
            "(timeout_seconds). Raise the limit, or give the step less to do.",
            last_words(output),
        )
    # A traceback goes to stderr, where no line of the script's own is in its way.
    told = errors if _HEADER.search(errors) else output
    number = -end.code if end.code < 0 else end.code - _SHELL_SIGNAL
    if end.code < 0 or (end.code > _SHELL_SIGNAL and _is_fatal(number)):
        return RunError("Killed", _killed(label, number), last_words(told))
    if end.code == 0:
        return None
    said = exception_text(errors) or exception_text(output) or _last_line(errors) or _last_line(output)
    message = f"{label} failed with exit code {end.code}" + (f": {said}" if said else ".")
    return RunError("UserError", message + _memory_hint(job, said), last_words(told))


def of_exception(error: BaseException, place: str) -> RunError:
    """Return the error for an exception of our own, raised while working at `place`.

    A traceback belongs to the log, not here: unknown exceptions keep their type and text.
    """
    full = _full(error)
    if full is not None:
        return RunError("StorageFull", _full_text(full, place))
    if isinstance(error, LazuliteError):
        return RunError(error.code, error.message)
    if isinstance(error, OSError) and error.filename:
        return RunError(
            "StorageError",
            f"{error.filename} could not be read or written: {error.strerror}. "
            "Check that the folder exists and that you may write there.",
        )
    return RunError(
        "WorkerError",
        f"The worker failed: {type(error).__name__}: {error}. Its traceback is in logs/azureml/executionlogs.txt.",
    )


def last_words(output: str) -> str:
    """Return the last traceback, with those it names as its causes, and what follows it; else the last lines."""
    starts = [match.start() for match in _HEADER.finditer(output)]
    if starts:
        first = len(starts) - 1
        while first and _CAUSE.search(output, starts[first - 1], starts[first]):
            first -= 1
        return _bounded(output[starts[first] :].strip("\n"))
    return _bounded("\n".join(output.rstrip("\n").splitlines()[-_LINES:]))


def _bounded(text: str) -> str:
    return text if len(text) <= _LONGEST else "…" + text[-_LONGEST:]


def exception_text(output: str) -> str:
    """Return the text of the last exception in the output ("ValueError: bad"), as far as it is indented less."""
    found = list(_HEADER.finditer(output))
    if not found:
        return ""
    lines = output[found[-1].end() :].strip("\n").splitlines()
    first = next((i for i, line in enumerate(lines) if line and not line[0].isspace()), None)
    return "" if first is None else "\n".join(lines[first:]).strip()[:_WORDS]


def _killed(label: str, number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    text = f"{label} was ended by {name}."
    if number == signal.SIGKILL:
        text += (
            " The usual cause is that the machine ran out of memory and the system chose this process: "
            "give the script less data at a time, or run fewer steps at once (max_nodes)."
        )
    elif number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL):
        text += " Native code in the script or one of its packages crashed."
    return text


def _memory_hint(job: Job, said: str) -> str:
    if not job.resources.memory or not said.startswith(
        ("MemoryError", "numpy.core._exceptions", "numpy._core._exc")
    ):
        return ""
    size = job.resources.memory / (1 << 30)
    return f" (the compute target's vm_size {job.resources.vm_size} allows a process {size:g} GiB)"


def _is_fatal(number: int) -> bool:
    return number in (
        signal.SIGKILL,
        signal.SIGTERM,
        signal.SIGSEGV,
        signal.SIGABRT,
        signal.SIGBUS,
        signal.SIGILL,
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:_WORDS] if lines else ""


def _full(error: BaseException) -> BaseException | None:
    if isinstance(error, StorageFull) or (isinstance(error, OSError) and error.errno in _FULL):
        return error
    if isinstance(error, TransferFailed):  # the reason of each file is text there
        return None
    return error.__cause__ and _full(error.__cause__)


def _full_text(error: BaseException, place: str) -> str:
    if isinstance(error, StorageFull):
        return error.message
    where = error.filename if isinstance(error, OSError) and error.filename else place
    return f"The disk is full: {where} could not be written. Free some space on the disk of {place} and submit again."
