"""Characters and times as .NET writes them."""

from __future__ import annotations

import re
import unicodedata

from lazulite.usql.dotnet.dates import TICKS_PER_DAY, TICKS_PER_SECOND


def char_text(unit: int) -> str:
    """A UTF-16 code unit as text; half of a surrogate pair becomes U+FFFD, as .NET writes it in UTF-8."""
    return "\ufffd" if 0xD800 <= unit <= 0xDFFF else chr(unit)


def decoded(data: bytes, codec: str) -> str:
    """`Encoding.GetString`: what cannot be read is U+FFFD, in ASCII a question mark."""
    text = data.decode(codec, "replace")
    return text.replace("\ufffd", "?") if codec == "ascii" else text


def encoded(value: str, codec: str) -> bytes:
    """`Encoding.GetBytes`."""
    return value.encode(codec, "replace")


def timespan_text(ticks: int) -> str:
    """`[-][d.]hh:mm:ss[.fffffff]`, the format `c`."""
    sign = "-" if ticks < 0 else ""
    days, rest = divmod(abs(ticks), TICKS_PER_DAY)
    seconds, fraction = divmod(rest, TICKS_PER_SECOND)
    return (
        f"{sign}{f'{days}.' if days else ''}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        f"{f'.{fraction:07d}' if fraction else ''}"
    )


_TIMESPAN = re.compile(
    r"\s*(-?)(?:(\d+)|(?:(\d+)[.:])?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?)\s*"
)


def timespan_parse(text: str) -> int | None:
    found = _TIMESPAN.fullmatch(text)
    if found is None:
        return None
    days, hours, minutes, seconds = (
        int(part or 0) for part in (found[2] or found[3], found[4], found[5], found[6])
    )
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    ticks = (
        days * TICKS_PER_DAY
        + ((hours * 60 + minutes) * 60 + seconds) * TICKS_PER_SECOND
        + int((found[7] or "").ljust(7, "0"))
    )
    return -ticks if found[1] else ticks


# --- single characters -----------------------------------------------------------------------------------------------


def is_digit(unit: int) -> bool:
    return char_text(unit).isdecimal()


def is_letter(unit: int) -> bool:
    return char_text(unit).isalpha()


def is_letter_or_digit(unit: int) -> bool:
    return is_digit(unit) or is_letter(unit)


def is_blank(unit: int) -> bool:
    return char_text(unit).isspace() and not 0x1C <= unit <= 0x1F


def is_upper(unit: int) -> bool:
    return char_text(unit).isupper()


def is_lower(unit: int) -> bool:
    return char_text(unit).islower()


def is_punctuation(unit: int) -> bool:
    return unicodedata.category(char_text(unit)).startswith("P")


def to_upper(unit: int) -> int:
    other = char_text(unit).upper()
    return ord(other) if len(other) == 1 and 0xD800 > unit else unit  # noqa: SIM300


def to_lower(unit: int) -> int:
    other = char_text(unit).lower()
    return ord(other) if len(other) == 1 and 0xD800 > unit else unit  # noqa: SIM300


def units(text: str) -> list[int]:
    """The UTF-16 units of a text."""
    return list(memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H"))
