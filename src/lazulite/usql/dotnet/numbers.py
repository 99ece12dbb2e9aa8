"""Numbers: decimals of 28 digits with a scale of their own, and .NET's ways to read and to write any number.

A decimal is handled as Python's `Decimal` and kept as the text .NET prints, with its trailing zeros: `1.10m + 2m` is
`3.10`. Its 96 bits hold up to 79228162514264337593543950335 with 0 to 28 digits after the point.
"""

from __future__ import annotations

import decimal
import math
import re
from decimal import Decimal

LARGEST = 79228162514264337593543950335
MAX_SCALE = 28
_WIDE = decimal.Context(prec=80, rounding=decimal.ROUND_HALF_EVEN, Emax=9999, Emin=-9999)

_DECIMAL = re.compile(
    r"[\t-\r ]*([+-]?)[\t-\r ]*((?:\d[\d,]*)?)(?:\.(\d*))?[\t-\r ]*([+-]?)[\t-\r ]*\0*", re.ASCII
)
_REAL = re.compile(
    r"[\t-\r ]*([+-]?)(?:(\d[\d,]*)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?[\t-\r ]*\0*", re.ASCII
)


def fitted(value: Decimal) -> Decimal:
    """The value in a decimal's 96 bits: its last digits rounded away (half to even) where they do not fit.

    Raises `OverflowError` where the digits before the point do not fit.
    """
    exponent = value.as_tuple().exponent
    scale = min(max(-exponent if isinstance(exponent, int) else 0, 0), MAX_SCALE)
    while True:
        rounded = value.quantize(Decimal(1).scaleb(-scale), context=_WIDE)
        if abs(int(rounded.scaleb(scale, context=_WIDE))) <= LARGEST:
            return rounded
        if scale == 0:
            raise OverflowError("the value is too large for a decimal (OverflowException)")
        scale -= 1


def text_of(value: Decimal) -> str:
    """What .NET prints; a zero has no sign."""
    written = f"{value:f}"
    return written.removeprefix("-") if not value else written


def decimal_parse(text: str | None) -> str | None:
    """What `decimal.Parse` reads (blanks, a sign at either end, commas among the digits), or None."""
    found = None if text is None else _DECIMAL.fullmatch(text)
    if found is None or not (found[2] or found[3]) or (found[1] and found[4]):
        return None
    sign = found[1] or found[4]
    try:
        return text_of(fitted(Decimal(f"{sign}{found[2].replace(',', '') or '0'}.{found[3] or ''}")))
    except OverflowError:
        return None


def double_parse(text: str | None) -> float | None:
    """What `double.Parse` reads: also commas among the digits, `NaN`, `Infinity`; None where it throws."""
    if text is None:
        return None
    words = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    if text.strip() in words:
        return words[text.strip()]
    found = _REAL.fullmatch(text)
    if found is None:
        return None
    whole = (found[2] or "").replace(",", "")
    value = float(f"{found[1]}{whole or '0'}.{found[3] or found[4] or '0'}e{found[5] or 0}")
    return None if math.isinf(value) else value


def add(left: str, right: str) -> str:
    return text_of(fitted(_WIDE.add(Decimal(left), Decimal(right))))


def subtract(left: str, right: str) -> str:
    return text_of(fitted(_WIDE.subtract(Decimal(left), Decimal(right))))


def multiply(left: str, right: str) -> str:
    return text_of(fitted(_WIDE.multiply(Decimal(left), Decimal(right))))


def divide(left: str, right: str) -> str:
    """The quotient with as many digits as fit, without trailing zeros beyond the operands' own scales."""
    one, other = Decimal(left), Decimal(right)
    if not other:
        raise ZeroDivisionError("a decimal is divided by zero (DivideByZeroException)")
    exact = _WIDE.divide(one, other)
    least = max(_scale(one) - _scale(other), 0)
    found = fitted(exact)
    while _scale(found) > least and found == found.quantize(
        Decimal(1).scaleb(1 - _scale(found)), context=_WIDE
    ):
        found = found.quantize(Decimal(1).scaleb(1 - _scale(found)), context=_WIDE)
    return text_of(found)


def remainder(left: str, right: str) -> str:
    one, other = Decimal(left), Decimal(right)
    if not other:
        raise ZeroDivisionError("a decimal is divided by zero (DivideByZeroException)")
    return text_of(fitted(_WIDE.remainder(one, other)))


def negate(value: str) -> str:
    return text_of(-Decimal(value) if Decimal(value) else Decimal(value))


def _scale(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def key(value: str) -> str:
    """A text that sorts and compares as the decimal does: `1.0` and `1.00` have the same."""
    shifted = _WIDE.add(Decimal(value), Decimal(10**29))
    return str(int(shifted.scaleb(MAX_SCALE, context=_WIDE))).zfill(58)


def distinct(values: list[str | None] | None) -> list[str | None] | None:
    """The values without those that are equal to one before: of `1.0` and `1.00` the first stays."""
    return (
        None
        if values is None
        else list({None if each is None else key(each): each for each in reversed(values)}.values())[::-1]
    )


def total(values: list[str | None] | None) -> str | None:
    """SUM: None of no values."""
    known = [Decimal(value) for value in values or () if value is not None]
    if not known:
        return None
    running = known[0]
    for value in known[1:]:
        running = fitted(_WIDE.add(running, value))
    return text_of(fitted(running))


def mean(values: list[str | None] | None) -> str | None:
    known = [value for value in values or () if value is not None]
    found = total(known)  # type: ignore[arg-type]
    return None if found is None else divide(found, str(len(known)))


def from_double(value: float) -> str:
    """The cast `(decimal) x` of a double: 15 significant digits, without trailing zeros."""
    if not math.isfinite(value):
        raise OverflowError("the value is too large for a decimal (OverflowException)")
    digits = Decimal(f"{value:.15g}")
    normal = digits.normalize(_WIDE)
    return text_of(fitted(normal if _scale(normal) >= 0 else normal.quantize(Decimal(1), context=_WIDE)))


def truncated(value: str) -> int:
    """The cast of a decimal to an integer, towards zero."""
    return int(Decimal(value))


def rounded(value: str, digits: int, away: bool = False) -> str:
    """`Math.Round(value, digits)`: half to even, or away from zero."""
    mode = decimal.ROUND_HALF_UP if away else decimal.ROUND_HALF_EVEN
    number = Decimal(value)
    if _scale(number) <= digits:
        return value
    return text_of(number.quantize(Decimal(1).scaleb(-digits), rounding=mode, context=_WIDE))


def whole(value: str, mode: str) -> str:
    """`Math.Floor`, `Ceiling` and `Truncate` of a decimal."""
    return text_of(Decimal(value).quantize(Decimal(1), rounding=mode, context=_WIDE))


def round_double(value: float, digits: int, away: bool) -> float:
    """`Math.Round(double, digits)` as .NET computes it: by a power of ten, half to even or away from zero."""
    if not math.isfinite(value) or abs(value) >= 1e16:
        return value
    if not 0 <= digits <= 15:
        raise ValueError("Math.Round takes 0 to 15 digits (ArgumentOutOfRangeException)")
    power = 10.0**digits
    scaled = value * power
    return (math.copysign(math.floor(abs(scaled) + 0.5), scaled) if away else float(round(scaled))) / power
