""".NET's regular expressions by Python's, which differ in how they write a named group and little else that is used."""

from __future__ import annotations

import re
from functools import lru_cache

_NAMED = re.compile(r"\(\?<([A-Za-z_]\w*)>")
_NAMED_REFERENCE = re.compile(r"\\k<([A-Za-z_]\w*)>")
_REPLACEMENT = re.compile(r"\$(?:(\$)|(\d+)|\{(\w+)\}|(&))")

IGNORE_CASE, MULTILINE, SINGLELINE, IGNORE_BLANKS = 1, 2, 16, 32


@lru_cache(maxsize=256)
def compiled(pattern: str, options: int = 0) -> re.Pattern[str]:
    """Raises `ValueError` for a pattern that Python's `re` does not take."""
    translated = _NAMED_REFERENCE.sub(r"(?P=\1)", _NAMED.sub(r"(?P<\1>", pattern)).replace(r"\z", r"\Z")
    flags = sum(
        flag
        for bit, flag in (
            (IGNORE_CASE, re.IGNORECASE),
            (MULTILINE, re.MULTILINE),
            (SINGLELINE, re.DOTALL),
            (IGNORE_BLANKS, re.VERBOSE),
        )
        if options & bit
    )
    try:
        return re.compile(translated, flags)
    except re.error as wrong:
        raise ValueError(f"the regular expression {pattern!r}: {wrong} (ArgumentException)") from None


def is_match(text: str, pattern: str, options: int) -> bool:
    return compiled(pattern, options).search(text) is not None


@lru_cache(maxsize=256)
def _order(pattern: str) -> tuple[int, ...]:
    """Python's numbers of the groups in .NET's order: those without a name come first."""
    found = compiled(pattern)
    named = set(found.groupindex.values())
    numbers = range(1, found.groups + 1)
    return (0, *(each for each in numbers if each not in named), *(each for each in numbers if each in named))


def match(text: str, pattern: str, options: int) -> list[str | None] | None:
    """All groups of the first match, the whole first; None where there is none."""
    found = compiled(pattern, options).search(text)
    return None if found is None else [found.group(number) for number in _order(pattern)]


def number(pattern: str, name: str) -> int | None:
    """Which of `match`'s groups has the name; None if none has. Groups without a name have their number for one."""
    found = compiled(pattern)
    if name in found.groupindex:
        return _order(pattern).index(found.groupindex[name])
    return int(name) if name.isdecimal() and int(name) <= found.groups else None


def matches(text: str, pattern: str, options: int) -> list[str]:
    return [found.group() for found in compiled(pattern, options).finditer(text)]


def replace(text: str, pattern: str, replacement: str, options: int) -> str:
    def expanded(found: re.Match[str]) -> str:
        def reference(sign: re.Match[str]) -> str:
            if sign[1]:
                return "$"
            if sign[4]:
                return found.group()
            try:
                return found.group(_order(pattern)[int(sign[2])] if sign[2] else sign[3]) or ""
            except (IndexError, re.error):
                return sign.group()

        return _REPLACEMENT.sub(reference, replacement)

    return compiled(pattern, options).sub(expanded, text)


def split(text: str, pattern: str, options: int) -> list[str]:
    return [each or "" for each in compiled(pattern, options).split(text)]
