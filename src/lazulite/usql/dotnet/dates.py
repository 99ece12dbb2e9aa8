"""DateTime: 100 ns ticks since 0001-01-01, read and written with .NET's formats in the invariant culture (en-US).

ADLA's nodes ran on UTC; so a DateTime is UTC here, its kind is not kept, and `ToUniversalTime` changes nothing.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache

TICKS_PER_SECOND = 10_000_000
TICKS_PER_DAY = 86_400 * TICKS_PER_SECOND
MAX_TICKS = 3_155_378_975_999_999_999

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def ticks_of(year: int, month: int, day: int, seconds: int = 0, fraction: int = 0) -> int:
    """The ticks of a date and a second of its day; raises `ValueError` for a date that the calendar does not have."""
    return (dt.date(year, month, day).toordinal() - 1) * TICKS_PER_DAY + seconds * TICKS_PER_SECOND + fraction


def date_of(ticks: int) -> dt.date:
    return dt.date.fromordinal(ticks // TICKS_PER_DAY + 1)


def in_range(ticks: int) -> int:
    """The ticks themselves; raises `ValueError` outside the years 1 to 9999, as .NET does."""
    if not 0 <= ticks <= MAX_TICKS:
        raise ValueError(
            "the result is no DateTime: it lies outside the years 1 to 9999 (ArgumentOutOfRangeException)"
        )
    return ticks


def add_months(ticks: int, months: int) -> int:
    """`AddMonths`: a day that the month does not have becomes its last."""
    date = date_of(ticks)
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return in_range(-1)
    day = min(date.day, calendar.monthrange(year, month + 1)[1])
    return ticks_of(year, month + 1, day) + ticks % TICKS_PER_DAY


def new(parts: list[int]) -> int:
    """`new DateTime(year, month, day[, hour, minute, second[, millisecond]])`."""
    year, month, day, hour, minute, second, millisecond = (*parts, *[0] * (7 - len(parts)))
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60 and 0 <= millisecond < 1000):
        return in_range(-1)
    try:
        return ticks_of(year, month, day, (hour * 60 + minute) * 60 + second, millisecond * 10_000)
    except ValueError:
        return in_range(-1)


# --- reading ---------------------------------------------------------------------------------------------------------

_MONTH_NAMES = {name.lower(): number for number, name in enumerate(MONTHS, 1)} | {
    name[:3].lower(): number for number, name in enumerate(MONTHS, 1)
}
_MONTH = "|".join(sorted(_MONTH_NAMES, key=len, reverse=True))
_DAY_NAME = rf"(?:(?:{'|'.join(f'{name}|{name[:3]}' for name in DAYS)})\.?,?\s+)?"
_DATES = [
    re.compile(rf"{_DAY_NAME}{form}", re.IGNORECASE)
    for form in (
        r"(?P<y>\d{3,4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})",
        r"(?P<m>\d{1,2})(?P<sep>[-/.])(?P<d>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})",
        rf"(?P<d>\d{{1,2}})[\s-]+(?P<n>{_MONTH})\.?[\s,-]+(?P<y>\d{{4}}|\d{{2}})",
        rf"(?P<n>{_MONTH})\.?\s+(?P<d>\d{{1,2}}),?\s+(?P<y>\d{{4}}|\d{{2}})",
        rf"(?P<y>\d{{4}})[\s-]+(?P<n>{_MONTH})[\s-]+(?P<d>\d{{1,2}})",
        rf"(?P<n>{_MONTH}),?\s+(?P<y>\d{{4}})",
    )
]
_TIME = re.compile(
    r"(?P<h>\d{1,2})(?::(?P<min>\d{1,2})(?::(?P<s>\d{1,2})(?:\.(?P<f>\d+))?)?)?\s*(?P<half>[AaPp]\.?[Mm]?\.?)?"
    r"\s*(?P<zone>Z|z|GMT|UTC|[+-]\d{1,2}(?::?\d{2})?)?\s*"
)


@lru_cache(maxsize=4096)
def parse(text: str | None) -> int | None:
    """What `DateTime.Parse` gives, in ticks; None for null and for text that is no date.

    A zone in the text is applied: the result is in UTC. A time without a date is refused: it would be today's.
    """
    if text is None:
        return None
    bare = text.strip().removesuffix("\0")
    for form in _DATES:
        date = form.match(bare)
        if date:
            day = _date(date)
            rest = bare[date.end() :]
            if day is None or not rest:
                return day
            after = re.fullmatch(r"(?:\s*[Tt]\s*|\s*,?\s+)?(.*)", rest, re.DOTALL)
            time = _time(after[1]) if after and len(rest) > len(after[1]) else None
            total = None if time is None else day + time
            return total if total is not None and 0 <= total <= MAX_TICKS else None
    return None


def _date(found: re.Match[str]) -> int | None:
    parts = found.groupdict()
    month = int(parts["m"]) if parts.get("m") else _MONTH_NAMES[parts["n"].lower()]
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 2000 if year < 30 else 1900
    try:
        return ticks_of(year, month, int(parts.get("d") or 1))
    except ValueError:
        return None


def _time(text: str) -> int | None:
    found = _TIME.fullmatch(text)
    if found is None or not (found["min"] or found["half"]):
        return None
    hour, minute, second = int(found["h"]), int(found["min"] or 0), int(found["s"] or 0)
    half = (found["half"] or "")[:1].lower()
    if half:
        if not 0 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    fraction = int(((found["f"] or "") + "0" * 7)[:7]) + (
        1 if (found["f"] or "")[7:8] >= "5" and found["f"] else 0
    )
    return ((hour * 60 + minute) * 60 + second) * TICKS_PER_SECOND + fraction - _zone(found["zone"])


def _zone(zone: str | None) -> int:
    if zone is None or zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    return (hours * 60 + minutes) * 60 * TICKS_PER_SECOND * (-1 if zone[0] == "-" else 1)


def parse_exact(text: str | None, pattern: str) -> int | None:
    """What `DateTime.ParseExact(text, pattern, InvariantCulture)` gives, or None."""
    if text is None:
        return None
    expression, names = _exact(STANDARD.get(pattern, pattern))
    found = expression.fullmatch(text)
    if found is None:
        return None
    return _assembled(dict(zip(names, found.groups(), strict=True)))


def _assembled(parts: dict[str, str]) -> int | None:
    hour = int(parts.get("H", parts.get("h", "0")))
    if "t" in parts:
        hour = hour % 12 + (12 if parts["t"][:1].upper() == "P" else 0)
    year = int(parts.get("y", "1"))
    if "y" in parts and len(parts["y"]) <= 2:
        year += 2000 if year < 30 else 1900
    month = _MONTH_NAMES[parts["N"].lower()] if "N" in parts else int(parts.get("M", "1"))
    minute, second = int(parts.get("m", "0")), int(parts.get("s", "0"))
    if hour > 23 or minute > 59 or second > 59:
        return None
    fraction = int((parts.get("f", "") + "0" * 7)[:7])
    try:
        ticks = ticks_of(year, month, int(parts.get("d", "1")), (hour * 60 + minute) * 60 + second, fraction)
    except ValueError:
        return None
    return ticks - _zone(parts.get("z"))


_READS = {
    "y": ("y", r"(\d{2})"), "yy": ("y", r"(\d{2})"), "yyyy": ("y", r"(\d{4})"),
    "M": ("M", r"(\d{1,2})"), "MM": ("M", r"(\d{2})"), "MMM": ("N", rf"((?i:{_MONTH}))"), "MMMM": ("N", rf"((?i:{_MONTH}))"),
    "d": ("d", r"(\d{1,2})"), "dd": ("d", r"(\d{2})"), "ddd": ("", "(?:[A-Za-z]{3})"), "dddd": ("", "(?:[A-Za-z]+)"),
    "H": ("H", r"(\d{1,2})"), "HH": ("H", r"(\d{2})"), "h": ("h", r"(\d{1,2})"), "hh": ("h", r"(\d{2})"),
    "m": ("m", r"(\d{1,2})"), "mm": ("m", r"(\d{2})"), "s": ("s", r"(\d{1,2})"), "ss": ("s", r"(\d{2})"),
    "t": ("t", "((?i:[AP]))"), "tt": ("t", "((?i:[AP]M))"),
    "z": ("z", r"([+-]\d{1,2})"), "zz": ("z", r"([+-]\d{2})"), "zzz": ("z", r"([+-]\d{2}:\d{2})"), "K": ("z", r"(Z|[+-]\d{2}:\d{2}|)"),
}  # fmt: skip


@lru_cache(maxsize=256)
def _exact(pattern: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    expression, names = "", []
    for specifier, text in tokens(pattern):
        if not specifier:
            expression += re.escape(text)
        elif specifier[0] in "fF":
            expression += (
                rf"(\d{{{len(specifier)}}})" if specifier[0] == "f" else rf"(\d{{0,{len(specifier)}}})"
            )
            names.append("f")
        else:
            name, part = _READS[specifier]
            expression += part
            if name:
                names.append(name)
    return re.compile(expression), tuple(names)


# --- writing ---------------------------------------------------------------------------------------------------------

STANDARD = {
    "d": "MM/dd/yyyy", "D": "dddd, dd MMMM yyyy", "t": "HH:mm", "T": "HH:mm:ss", "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss", "f": "dddd, dd MMMM yyyy HH:mm", "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "M": "MMMM dd", "m": "MMMM dd", "Y": "yyyy MMMM", "y": "yyyy MMMM", "s": "yyyy-MM-ddTHH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ssZ", "U": "dddd, dd MMMM yyyy HH:mm:ss", "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'", "O": "yyyy-MM-ddTHH:mm:ss.fffffff", "o": "yyyy-MM-ddTHH:mm:ss.fffffff",
}  # fmt: skip
DEFAULT_FORMAT = "M/d/yyyy h:mm:ss tt"
"""What `ToString()` writes: en-US, the culture of ADLA's nodes."""

_SPECIFIERS = {
    "y": 5,
    "M": 4,
    "d": 4,
    "H": 2,
    "h": 2,
    "m": 2,
    "s": 2,
    "f": 7,
    "F": 7,
    "t": 2,
    "z": 3,
    "K": 1,
    "g": 2,
}


@lru_cache(maxsize=256)
def tokens(pattern: str) -> tuple[tuple[str, str], ...]:
    """A custom format as (specifier, "") and ("", text); raises `ValueError` where .NET throws a FormatException."""
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character in "'\"":
            end = pattern.find(character, position + 1)
            if end < 0:
                raise ValueError(f"the format {pattern!r} has a quote that is not closed (FormatException)")
            found.append(("", pattern[position + 1 : end]))
            position = end + 1
        elif character == "\\":
            found.append(("", pattern[position + 1 : position + 2]))
            position += 2
        elif character == "%":
            position += 1
        elif character in _SPECIFIERS:
            length = len(pattern[position:]) - len(pattern[position:].lstrip(character))
            found.append((character * min(length, _SPECIFIERS[character]), ""))
            position += length
        else:
            found.append(("", character))
            position += 1
    return tuple(found)


def format_(ticks: int | None, pattern: str | None) -> str | None:
    """What `ToString(pattern)` writes in the invariant culture; None for null.

    Raises `ValueError` for a pattern that .NET refuses.
    """
    if ticks is None:
        return None
    pattern = pattern or DEFAULT_FORMAT
    if len(pattern) == 1:
        if pattern not in STANDARD:
            raise ValueError(f"{pattern!r} is no format of a DateTime (FormatException)")
        pattern = STANDARD[pattern]
    date, rest = date_of(ticks), ticks % TICKS_PER_DAY
    seconds, fraction = divmod(rest, TICKS_PER_SECOND)
    written = [
        text if not specifier else _written(specifier, date, seconds, fraction)
        for specifier, text in tokens(pattern)
    ]
    return "".join(written)


def _written(specifier: str, date: dt.date, seconds: int, fraction: int) -> str:
    kind, width = specifier[0], len(specifier)
    hour = seconds // 3600
    if kind in "fF":
        digits = f"{fraction:07d}"[:width]
        return digits if kind == "f" else digits.rstrip("0")
    if kind == "y":
        return str(date.year % 100).zfill(width) if width <= 2 else str(date.year).zfill(width)
    if kind in "Md" and width > 2:
        name = MONTHS[date.month - 1] if kind == "M" else DAYS[date.weekday()]
        return name if width == 4 else name[:3]
    if kind == "t":
        return ("AM" if hour < 12 else "PM")[:width]
    if kind in "zKg":
        return {"z": {1: "+0", 2: "+00", 3: "+00:00"}.get(width, ""), "K": "", "g": "A.D."}[kind]
    value = {
        "M": date.month,
        "d": date.day,
        "H": hour,
        "h": hour % 12 or 12,
        "m": seconds // 60 % 60,
        "s": seconds % 60,
    }[kind]
    return str(value).zfill(width)
