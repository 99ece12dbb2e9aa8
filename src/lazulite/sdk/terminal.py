"""Whether people see an output as it is written: only then it has colours and lines that move."""

from __future__ import annotations


def is_terminal(stream: object) -> bool:
    """Whether `stream` is a terminal. False of what user code puts in place of standard output, such as a copy to a file,
    which often has no more than `write` and `flush`."""
    asked = getattr(stream, "isatty", None)
    return bool(asked()) if callable(asked) else False
