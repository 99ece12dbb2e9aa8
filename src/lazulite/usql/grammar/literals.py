"""What the literals of C# stand for."""

from __future__ import annotations

import re
from decimal import Decimal
from math import inf

from lazulite.usql.tree import LiteralKind

LAST_UTF16_UNIT = 0xFFFF
_LAST_CODE_POINT = 0x10FFFF
_ESCAPE = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{1,4})|([0abfnrtv\\\"'])|(.?))", re.DOTALL
)
_PLAIN = {"0": "\0", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_INTEGERS = (
    (LiteralKind.INT, 2**31),
    (LiteralKind.UINT, 2**32),
    (LiteralKind.LONG, 2**63),
    (LiteralKind.ULONG, 2**64),
)
_BY_SUFFIX = {
    "u": (LiteralKind.UINT, LiteralKind.ULONG),
    "l": (LiteralKind.LONG, LiteralKind.ULONG),
    "ul": (LiteralKind.ULONG,),
}
_LONGEST_EXPONENT = 4
_BEYOND_DECIMAL = Decimal(2**96)
_BEYOND_FLOAT = 3.4028236e38
_REALS = {"f": LiteralKind.FLOAT, "d": LiteralKind.DOUBLE, "m": LiteralKind.DECIMAL}


def decoded(body: str) -> tuple[str, list[tuple[int, str]]]:
    """Decode the escapes of a string's or character's body.

    Returns:
        the text, and for each escape that is none its offset and how it is written.
    """
    if "\\" not in body:
        return body, []
    wrong: list[tuple[int, str]] = []

    def one(found: re.Match[str]) -> str:
        short, long, loose, plain, _ = found.groups()
        if short or loose:
            return chr(int(short or loose, 16))
        if long and int(long, 16) <= _LAST_CODE_POINT:
            return chr(int(long, 16))
        if plain:
            return _PLAIN.get(plain, plain)
        wrong.append((found.start(), found.group()))
        return found.group()

    value = _ESCAPE.sub(one, body)
    return _PAIR.sub(
        lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), value
    ), wrong


def number(text: str) -> tuple[LiteralKind, int | float | Decimal | None]:
    """Give the type and value of a number as it is written; the value is None if no type can hold it."""
    lowered = text.lower()
    if lowered.startswith("0x"):
        digits = lowered.rstrip("ul")
        return _integer(int(digits, 16), lowered[len(digits) :])
    digits = lowered.rstrip("ulfdm")
    suffix = lowered[len(digits) :]
    if suffix in _REALS or "." in digits or "e" in digits:
        kind = _REALS.get(suffix, LiteralKind.DOUBLE)
        return kind, _decimal(digits) if kind is LiteralKind.DECIMAL else _real(digits, kind)
    return _integer(int(digits) if len(digits) <= 20 else 2**64, suffix)


def _decimal(digits: str) -> Decimal | None:
    exponent = digits.partition("e")[2]
    if len(exponent) > _LONGEST_EXPONENT:
        return None
    found = Decimal(digits)
    return found if abs(found) < _BEYOND_DECIMAL else None


def _real(digits: str, kind: LiteralKind) -> float | None:
    found = float(digits)
    return found if found < (_BEYOND_FLOAT if kind is LiteralKind.FLOAT else inf) else None


def _integer(value: int, suffix: str) -> tuple[LiteralKind, int | None]:
    wanted = _BY_SUFFIX.get("".join(sorted(suffix, reverse=True)))
    for kind, bound in _INTEGERS:
        if value < bound and (wanted is None or kind in wanted):
            return kind, value
    return LiteralKind.ULONG, None
