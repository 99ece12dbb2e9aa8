"""Ignore files, with exactly the meaning that git's documentation gives them (gitignore(5)).

A pattern becomes a regular expression over bytes, because git matches bytes: `?` is one of them. All patterns of a file
together make one more expression, which tells at once that most files are not meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lazulite.storage.globs import regex_of

_ESCAPE = re.compile(r"([\\*?\[\]!# ])")


@dataclass(frozen=True)
class _Pattern:
    expression: re.Pattern[bytes]
    negated: bool
    directories_only: bool
    by_name: bool  # no slash in it: matches in every folder below


class Rules:
    """The patterns of one ignore file."""

    def __init__(self, content: bytes) -> None:
        self._patterns = _parse(content)
        names = [p.expression.pattern for p in self._patterns if p.by_name]
        paths = [p.expression.pattern for p in self._patterns if not p.by_name]
        # One expression for all tells most files apart at once.
        self._any_name = re.compile(b"|".join(names), re.DOTALL) if names else None
        self._any_path = re.compile(b"|".join(paths), re.DOTALL) if paths else None

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def verdict(self, path: bytes, name: bytes, *, is_directory: bool) -> bool | None:
        """Return True if the patterns ignore the file or folder, False if they take it back in, None if they are
        silent on it.

        Args:
            path: Its path with `/`, relative to the folder that holds the ignore file.
            name: The last part of `path`.
            is_directory: Whether it is a folder.

        Whether a folder above it is ignored is the caller's business: what is below an ignored folder cannot be
        taken back in.
        """
        if not (self._any_name and self._any_name.fullmatch(name)) and not (
            self._any_path and self._any_path.fullmatch(path)
        ):
            return None
        for pattern in reversed(self._patterns):
            if pattern.directories_only and not is_directory:
                continue
            if pattern.expression.fullmatch(name if pattern.by_name else path):
                return not pattern.negated
        return None


def line_for(path: str, *, is_directory: bool = False) -> str:
    """Return the line of an ignore file that ignores exactly this path, seen from the ignore file's folder."""
    return "/" + _ESCAPE.sub(r"\\\1", path) + ("/" if is_directory else "")


def _parse(content: bytes) -> tuple[_Pattern, ...]:
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return tuple(pattern for line in lines if (pattern := _pattern(line.removesuffix(b"\r"))))


def _pattern(line: bytes) -> _Pattern | None:
    line = _without_trailing_spaces(line.partition(b"\0")[0])
    if line.startswith(b"#"):
        return None
    negated = line.startswith(b"!")
    line = line[negated:]
    directories_only = line.endswith(b"/")
    line = line[: len(line) - directories_only]
    by_name = b"/" not in line
    expression = regex_of(line if by_name else line.removeprefix(b"/"), crosses_slash=by_name)
    if not line or expression is None:
        return None
    return _Pattern(re.compile(expression, re.DOTALL), negated, directories_only, by_name)


def _without_trailing_spaces(line: bytes) -> bytes:
    """Spaces at the end do not count, unless a backslash stands before them."""
    end = len(line)
    while end and line[end - 1 : end] == b" ":
        backslashes = len(line[: end - 1]) - len(line[: end - 1].rstrip(b"\\"))
        if backslashes % 2:
            break
        end -= 1
    return line[:end]
