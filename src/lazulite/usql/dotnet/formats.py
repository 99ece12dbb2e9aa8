"""`string.Format` and the format strings of numbers (`N2`, `0.00`, `D5`, `X`), invariant culture."""

from __future__ import annotations

import decimal
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from lazulite.usql.dotnet.numbers import text_of

_STANDARD = re.compile(r"([A-Za-z])(\d{0,2})")
_WIDE = decimal.Context(prec=80, Emax=9999, Emin=-9999)


def number(value: str, pattern: str, integer: bool) -> str:
    """A number, given as its text, in a format; raises `ValueError` for a format .NET refuses."""
    if value in {"NaN", "Infinity", "-Infinity"}:
        return value
    amount = Decimal(value.replace("E+", "E"))
    found = _STANDARD.fullmatch(pattern)
    if found:
        return _standard(amount, found[1], int(found[2]) if found[2] else None, value, integer)
    return _custom(amount, pattern)


def _standard(amount: Decimal, letter: str, digits: int | None, value: str, integer: bool) -> str:
    kind = letter.upper()
    if kind in "FNCP":
        places = 2 if digits is None else digits
        scaled = amount * 100 if kind == "P" else amount
        text = _rounded(abs(scaled), places, grouped=kind != "F")
        sign = "-" if scaled < 0 and Decimal(text.replace(",", "")) != 0 else ""
        if kind == "C":
            return f"({'$' + text})" if sign else f"${text}"
        return sign + text + (" %" if kind == "P" else "")
    if kind == "D" and integer:
        return ("-" if amount < 0 else "") + str(abs(int(amount))).zfill(digits or 0)
    if kind == "X" and integer:
        whole = int(amount) if amount >= 0 else int(amount) + (1 << (32 if amount >= -(1 << 31) else 64))
        text = format(whole, "X" if letter == "X" else "x")
        return text.zfill(digits or 0)
    if kind == "E":
        text = f"{amount:.{6 if digits is None else digits}{'E' if letter == 'E' else 'e'}}"
        head, _, power = re.split(r"([Ee])", text)
        return f"{head}{letter}{power[0]}{power[1:].zfill(3)}"
    if kind in "GR":
        return value if not digits else _general(amount, digits)
    raise ValueError(f"{letter!r} is no format of a number (FormatException)")


def _general(amount: Decimal, digits: int) -> str:
    text = f"{amount:.{digits}g}".upper()
    return text if "E" in text or "." not in text else text.rstrip("0").rstrip(".")


def _rounded(amount: Decimal, places: int, *, grouped: bool) -> str:
    exact = amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=_WIDE)
    return f"{exact:,f}" if grouped else f"{exact:f}"


def _custom(amount: Decimal, pattern: str) -> str:
    sections = pattern.split(";")
    if amount < 0 and len(sections) > 1 and sections[1]:
        return _section(-amount, sections[1])
    if amount == 0 and len(sections) > 2:
        return _section(amount, sections[2])
    text = _section(abs(amount), sections[0])
    return f"-{text}" if amount < 0 and re.search("[1-9]", text) else text


def _section(amount: Decimal, pattern: str) -> str:
    """Digits in the places of `0` and `#`; the rest of the pattern as it stands."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|\\.", "", pattern)
    if "%" in bare:
        amount *= 100
    whole, point, part = bare.partition(".")
    places = re.sub(r"[^0#]", "", part)
    fixed = f"{amount.quantize(Decimal(1).scaleb(-len(places)), rounding=ROUND_HALF_UP, context=_WIDE):f}"
    digits, _, rest = fixed.partition(".")
    least = len(re.sub(r"[^0]", "", whole[whole.find("0") :])) + (
        whole[whole.find("0") :].count("#") if "0" in whole else 0
    )
    digits = digits.lstrip("0").zfill(least) if least else digits.lstrip("0")
    if re.search(r"[0#],[0#]", whole):
        digits = f"{int(digits or 0):,}" if len(digits) > 3 else digits
    keep = places.rfind("0") + 1
    while len(rest) > keep and rest.endswith("0"):
        rest = rest[:-1]
    body = digits + ("." + rest if point and rest else "")
    found = re.search(r"[0#][0#,.]*|\.[0#]+", pattern)
    if found is None:
        return pattern
    return _plain(pattern[: found.start()]) + body + _plain(pattern[found.end() :])


def _plain(text: str) -> str:
    return re.sub(r"\\(.)|['\"]", lambda found: found[1] or "", text)


@lru_cache(maxsize=256)
def holes(template: str) -> tuple[tuple[str, int, int, str], ...]:
    """The parts of a composite format: (text before, index or -1, width, format).

    Raises `ValueError` where .NET throws a FormatException.
    """
    parts, text, position = [], "", 0
    while position < len(template):
        character = template[position]
        if template.startswith(("{{", "}}"), position):
            text += character
            position += 2
        elif character == "{":
            found = re.compile(r"\{(\d+)\s*(?:,\s*(-?\d+)\s*)?(?::([^}]*))?\}").match(template, position)
            if found is None:
                raise ValueError(f"the format {template!r} is not valid at {position} (FormatException)")
            parts.append((text, int(found[1]), int(found[2] or 0), found[3] or ""))
            text, position = "", found.end()
        elif character == "}":
            raise ValueError(f"the format {template!r} is not valid at {position} (FormatException)")
        else:
            text += character
            position += 1
    return (*parts, (text, -1, 0, ""))


def aligned(text: str, width: int) -> str:
    return text.rjust(width) if width >= 0 else text.ljust(-width)


def decimal_text(value: Decimal) -> str:
    return text_of(value)
