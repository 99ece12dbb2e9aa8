"""Whether JSON has the shape of a type, checked where it enters: every name known, every value of its kind.

`model.codec`, which reads what we wrote ourselves, passes over names it does not know. A caller who misspelled one should
hear it, and hear which value is wrong and where.
"""

from __future__ import annotations

import dataclasses
import enum
import math
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin

from lazulite.api.query import nearest
from lazulite.model.assets import DOCUMENTS, Asset
from lazulite.model.codec import from_data
from lazulite.model.errors import Corrupt, InvalidRequest

T = TypeVar("T")
_NONE = type(None)
_TOO_LARGE = 1 << 63
#: Raises InvalidRequest if the data, found at that place, do not fit.
_Check = Callable[[Any, str], None]


def decoded(kind: type[T], data: Any, place: str = "body") -> T:
    """Return the `kind` that `data` says.

    Raises:
        InvalidRequest: a name is unknown or missing, or a value of another kind; the message says which and where.
    """
    _check(cast("Any", kind))(data, place)
    try:
        value = from_data(kind, data)
    except Corrupt as error:
        raise InvalidRequest(f"The {place} cannot be read: {error.message}") from error
    if isinstance(value, Asset) and value.kind in DOCUMENTS:
        decoded(DOCUMENTS[value.kind], value.document, f"{place}.document")
    return value


def _wrong(place: str, expected: str, data: Any) -> InvalidRequest:
    # A secret that stands in the wrong shape is one all the same.
    is_secret = place.rpartition(".")[2] in ("secret", "document")
    shown = f"of the type {type(data).__name__}" if is_secret else repr(data)
    shown = shown if len(shown) <= 80 else shown[:80] + "…"  # noqa: PLR2004 - a line
    return InvalidRequest(f"{place} is {shown}. Expected {expected}.", name=place)


def _anything(_data: Any, _place: str) -> None:
    pass


@cache
def _check(kind: Any) -> _Check:
    origin = get_origin(kind)
    if kind is Any or kind is object:
        return _anything
    if origin in (Union, types.UnionType):
        return _union(get_args(kind))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(get_args(kind)[1])
    if origin is not None:
        return _items(get_args(kind)[0])
    if dataclasses.is_dataclass(kind):
        return _record(cast("type", kind))
    return _value(kind)


def _mapping(item: Any) -> _Check:
    def check(data: Any, place: str) -> None:
        if not isinstance(data, dict):
            raise _wrong(place, "an object", data)
        inner = _check(item)
        for key, value in data.items():
            inner(value, f"{place}.{key}")

    return check


def _items(item: Any) -> _Check:
    def check(data: Any, place: str) -> None:
        if not isinstance(data, list):
            raise _wrong(place, "a list", data)
        inner = _check(item)
        for number, value in enumerate(data):
            inner(value, f"{place}[{number}]")

    return check


def _record(kind: type) -> _Check:
    hints = typing.get_type_hints(kind)
    fields = {field.name: hints[field.name] for field in dataclasses.fields(kind)}
    required = [
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]
    tagged = {"kind"} if hasattr(kind, "KIND") else set()

    def check(data: Any, place: str) -> None:
        if not isinstance(data, dict):
            raise _wrong(place, f"an object ({kind.__name__})", data)
        for name, value in data.items():
            if name in fields:
                _check(fields[name])(value, f"{place}.{name}")
            elif name not in tagged:
                hint = nearest(name, fields)
                raise InvalidRequest(f"{place} has an unknown name {name!r}.{hint}", name=f"{place}.{name}")
        for name in required:
            if name not in data:
                raise InvalidRequest(f"{place} lacks {name!r}.", name=f"{place}.{name}")

    return check


def _union(members: tuple[Any, ...]) -> _Check:
    tags = {member.KIND: member for member in members if hasattr(member, "KIND")}
    others = [member for member in members if member not in tags.values()]

    def check(data: Any, place: str) -> None:
        if data is None and _NONE in others:
            return
        tag = data.get("kind") if isinstance(data, dict) else None
        if isinstance(tag, str) and tag in tags:
            _check(tags[tag])(data, place)
            return
        left = [member for member in others if member is not _NONE]
        if len(left) == 1 and not tags:
            _check(left[0])(data, place)  # whose own words are the better ones
            return
        if not any(_fits(member, data, place) for member in left):
            raise _wrong(place, _expected(tags, left), data)

    return check


def _fits(kind: Any, data: Any, place: str) -> bool:
    try:
        _check(kind)(data, place)
    except InvalidRequest:
        return False
    return True


def _expected(tags: Mapping[str, Any], others: list[Any]) -> str:
    words = [f"an object with kind {tag!r}" for tag in tags]
    return " or ".join(
        words + [_WORDS.get(other, getattr(other, "__name__", str(other))) for other in others]
    )


def _value(kind: Any) -> _Check:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _choice(kind)
    expected = _WORDS.get(kind, str(kind))
    fits = _FITS.get(kind, lambda data: isinstance(data, kind))

    def check(data: Any, place: str) -> None:
        if not fits(data):
            raise _wrong(place, expected, data)

    return check


def _choice(kind: type[enum.Enum]) -> _Check:
    values = {member.value for member in kind}

    def check(data: Any, place: str) -> None:
        if not isinstance(data, (str, int)) or data not in values:
            raise _wrong(place, "one of " + ", ".join(str(member.value) for member in kind), data)

    return check


def _is_whole(data: Any) -> bool:
    return type(data) is int and -_TOO_LARGE <= data < _TOO_LARGE


def _is_time(data: Any) -> bool:
    try:
        return isinstance(data, str) and from_data(datetime, data).tzinfo is not None
    except Corrupt:
        return False


_WORDS: Mapping[Any, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    datetime: "a time with its zone in ISO 8601, such as 2026-01-31T12:00:00+00:00",
}
_FITS: Mapping[Any, Callable[[Any], bool]] = {
    str: lambda data: isinstance(data, str),
    bool: lambda data: isinstance(data, bool),
    int: _is_whole,
    float: lambda data: _is_whole(data) or (type(data) is float and math.isfinite(data)),
    datetime: _is_time,
}
