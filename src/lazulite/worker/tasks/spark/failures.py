"""What went wrong in a user's code, as its author wants to read it: their own lines, and Spark's message without Java's stack."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from types import TracebackType
from typing import ClassVar

from lazulite.model.errors import LazuliteError

_JAVA_STACK = re.compile(r"\n\s*(?:JVM stacktrace:|at [\w.$]+\(|Driver stacktrace:).*", re.DOTALL)
_HERE = str(Path(__file__).parent)
_FRAMES = ("/pyspark/", "/py4j/", "/runpy.py", "<frozen runpy>", "<frozen importlib")
_LONGEST = 4000
_HINTS = (
    (
        re.compile(r'No FileSystem for scheme "?(\w+)"?'),
        (
            "Spark on this machine has no code for {0}:// addresses that are no folder here. Make the data an input or "
            "output of the step, which brings them, and read the path that its widget or argument gives."
        ),
    ),
    (
        re.compile(
            r"(?:PATH_NOT_FOUND|FileNotFoundException)[^\n]*?\b((?:wasbs?|abfss?|adl|s3a?)://[^/\s]+)"
        ),
        "Is {0} the address of a registered datastore that is a folder of this machine? Only these are mapped.",
    ),
    (
        re.compile(r"(?:PATH_NOT_FOUND|FileNotFoundException)[^\n]*?\b(dbfs:/[^\s.]*)"),
        "Paths without a scheme are on DBFS, as on Databricks; a file of this machine is file:/….",
    ),
)


class UserCodeFailed(LazuliteError):
    """Code that the step runs raised an exception."""

    code: ClassVar[str] = "UserError"


def words_of(error: BaseException) -> str:
    """Return an exception's message, without Java's stack and not endless; with a hint where we know one."""
    text = _JAVA_STACK.sub("", _message(error)).strip()
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]} …"
    hints = [words.format(*found.groups()) for pattern, words in _HINTS if (found := pattern.search(text))]
    return " ".join([text, *hints[:1]])


def of_code(error: BaseException, where: str) -> UserCodeFailed:
    """Return the failure of a step whose code raised `error`; `where` says what ran (a cell, a script)."""
    line = last_line(error)
    at = f"{where}, line {line}" if line else where
    return UserCodeFailed(f"{at}: {type(error).__name__}: {words_of(error)}")


def trimmed(error: BaseException) -> str:
    """Return the traceback as text: frames of the user's code, then the exception with Spark's words for it."""
    frames = traceback.StackSummary.from_list(
        [frame for frame in traceback.extract_tb(error.__traceback__) if _is_users(frame.filename)]
    )
    if isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(type(error), error))
    head = "Traceback (most recent call last):\n" if frames else ""
    return f"{head}{''.join(frames.format())}{type(error).__name__}: {words_of(error)}\n"


def last_line(error: BaseException) -> int | None:
    """Return the line of the user's code, in its own file or cell, at which it failed."""
    if isinstance(error, SyntaxError) and error.lineno:
        return error.lineno
    found = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if _is_users(trace.tb_frame.f_code.co_filename) and "site-packages" not in (
            trace.tb_frame.f_code.co_filename
        ):
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _is_users(file: str) -> bool:
    return not file.startswith(_HERE) and not any(part in file for part in _FRAMES)


def _message(error: BaseException) -> str:
    java = getattr(error, "java_exception", None)
    if java is not None:
        return str(java.toString())
    return str(error)
