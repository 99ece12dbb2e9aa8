"""Shell-style patterns as git reads them, made into regular expressions over bytes."""

from __future__ import annotations

import re
import string

_SLASH = ord("/")
_ALL = frozenset(range(256))
_CLASSES: dict[bytes, frozenset[int]] = {
    b"alnum": frozenset((string.ascii_letters + string.digits).encode()),
    b"alpha": frozenset(string.ascii_letters.encode()),
    b"blank": frozenset(b" \t"),
    b"cntrl": frozenset({*range(32), 127}),
    b"digit": frozenset(string.digits.encode()),
    b"graph": frozenset(range(33, 127)),
    b"lower": frozenset(string.ascii_lowercase.encode()),
    b"print": frozenset(range(32, 127)),
    b"punct": frozenset(string.punctuation.encode()),
    b"space": frozenset(string.whitespace.encode()),
    b"upper": frozenset(string.ascii_uppercase.encode()),
    b"xdigit": frozenset(string.hexdigits.encode()),
}


class _NeverMatches(Exception):
    """The pattern is malformed; git takes it as one that matches nothing."""


def regex_of(glob: bytes, *, crosses_slash: bool) -> bytes | None:
    """Return the regular expression for a pattern, to be used with DOTALL and `fullmatch`; None if nothing matches.

    Args:
        glob: The pattern.
        crosses_slash: Whether `*`, `?` and sets match a slash. Without it only `**` as a whole part does.
    """
    try:
        return _translate(glob, crosses_slash=crosses_slash)
    except _NeverMatches:
        return None


def _translate(glob: bytes, *, crosses_slash: bool) -> bytes:
    literal = len(re.split(rb"[*?\[\\]", glob, maxsplit=1)[0])
    out: list[bytes] = []
    at = 0
    while at < len(glob):
        char = glob[at : at + 1]
        if char == b"*":
            text, at = _stars(glob, at, literal, crosses_slash=crosses_slash)
            out.append(text)
        elif char == b"?":
            out.append(b"." if crosses_slash else b"[^/]")
            at += 1
        elif char == b"[":
            allowed, at = _set(glob, at + 1)
            out.append(_alternatives(allowed if crosses_slash else allowed - {_SLASH}))
        else:
            if char == b"\\":
                at += 1
                if at == len(glob):
                    raise _NeverMatches
            out.append(re.escape(glob[at : at + 1]))
            at += 1
    return b"".join(out)


def _stars(glob: bytes, at: int, literal: int, *, crosses_slash: bool) -> tuple[bytes, int]:
    end = at + len(glob[at:]) - len(glob[at:].lstrip(b"*"))
    if crosses_slash:
        return b".*", end
    # Two stars as a whole part cross slashes. Git cuts off the text before the first special character before it
    # matches, and so takes the stars of `name**/x` for a whole part, too.
    starts_part = at in (0, literal) or glob[at - 1] == _SLASH
    rest = glob[end:]
    if end - at > 1 and starts_part and (not rest or rest.startswith((b"/", b"\\/"))):
        # `**/` also stands for no folder at all.
        return (b"(?:.*/)?", end + 1) if rest.startswith(b"/") else (b".*", end)
    return b"[^/]*", end


def _set(glob: bytes, at: int) -> tuple[frozenset[int], int]:
    """The bytes that the set from `at` (behind its bracket) allows, and where the pattern goes on."""
    negated = glob[at : at + 1] in (b"!", b"^")
    at += negated
    allowed: set[int] = set()
    previous: int | None = None  # what a range may start with
    first = at
    while glob[at : at + 1] != b"]" or at == first:
        if glob.startswith(b"[:", at) and (named := _named_class(glob, at)):
            members, at = named
            allowed |= members
            previous = None
            continue
        is_range = (
            glob[at : at + 1] == b"-" and previous is not None and glob[at + 1 : at + 2] not in (b"", b"]")
        )
        byte, at = _one(glob, at + 1 if is_range else at)
        if is_range and previous is not None:
            allowed |= set(range(previous, byte + 1))
            previous = None
        else:
            allowed.add(byte)
            previous = byte
    return (_ALL - allowed if negated else frozenset(allowed)), at + 1


def _one(glob: bytes, at: int) -> tuple[int, int]:
    """One byte of a set, a backslash taking the next as it is."""
    if glob[at : at + 1] == b"\\":
        at += 1
    if at >= len(glob):
        raise _NeverMatches
    return glob[at], at + 1


def _named_class(glob: bytes, at: int) -> tuple[frozenset[int], int] | None:
    """`[:alpha:]` at `at`; None if it is no class after all but a bracket and a colon."""
    end = glob.find(b"]", at + 2)
    if end < 0:
        raise _NeverMatches
    if end == at + 2 or glob[end - 1 : end] != b":":
        return None
    name = glob[at + 2 : end - 1]
    if name not in _CLASSES:
        raise _NeverMatches
    return _CLASSES[name], end + 1


def _alternatives(allowed: frozenset[int]) -> bytes:
    if not allowed:
        return b"(?!)"
    return b"[" + b"".join(b"\\x%02x" % byte for byte in sorted(allowed)) + b"]"
