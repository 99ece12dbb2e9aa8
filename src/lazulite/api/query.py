"""Arguments in the query of a URL, both ways: the client writes them, the server reads them.

    limit=10&status=Failed&status=Canceled&tags=reviewed&tags.team=blue

- A plain value is its text; true and false, times in ISO 8601, an enum's value. None is left out.
- A tuple repeats its name.
- Of a mapping, `field.key=value` is one entry; `field=key` one whose value is None.
- The fields of a dataclass stand beside the other arguments.
"""

from __future__ import annotations

import dataclasses
import difflib
import enum
import functools
import math
import types
import typing
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Union, get_args, get_origin

from lazulite.api.operations import Taken
from lazulite.model.errors import InvalidRequest, PathEscapes

_NONE = type(None)
#: Whole numbers of this size and more fit no record.
_TOO_LARGE = 1 << 63

Pairs = list[tuple[str, str]]


def to_query(taken: Iterable[Taken], arguments: Mapping[str, Any]) -> Pairs:
    """Return the `arguments` that stand in the query as pairs of name and text."""
    pairs: Pairs = []
    for one in taken:
        if one.place != "query" or one.name not in arguments:
            continue
        value = arguments[one.name]
        if dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                pairs += _pairs(field.name, getattr(value, field.name))
        else:
            pairs += _pairs(one.name, value)
    return pairs


def from_query(taken: Iterable[Taken], pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the arguments that `pairs` say; those they do not say are left out.

    Raises:
        InvalidRequest: a name is unknown or missing, or a value is not of its kind; the message names it.
    """
    given = list(pairs)
    found: dict[str, Any] = {}
    known: set[str] = set()
    for one in taken:
        if one.place != "query":
            continue
        kind = plain_kind(one.kind)
        if dataclasses.is_dataclass(kind):
            spread = _spread(typing.cast("type", kind))
            known |= spread.keys()
            read = ((name, _read(name, hint, given)) for name, hint in spread.items())
            found[one.name] = typing.cast("Any", kind)(**{n: v for n, v in read if v is not _ABSENT})
        else:
            known.add(one.name)
            value = _read(one.name, one.kind, given)
            if value is not _ABSENT:
                found[one.name] = value
            elif one.is_required:
                raise InvalidRequest(f"The query lacks {one.name!r}.", name=one.name)
    for name, _ in given:
        if name not in known and name.partition(".")[0] not in known:
            raise InvalidRequest(f"The query has an unknown name {name!r}.{nearest(name, known)}", name=name)
    return found


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that suggests the name that was meant, or lists those there are."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f" Did you mean {near[0]!r}?"
    return f" It may have: {', '.join(names)}." if names else " It may have none."


def plain_kind(kind: Any) -> Any:
    """`kind`, or of an optional one the kind of its values."""
    if get_origin(kind) in (Union, types.UnionType):
        members = [member for member in get_args(kind) if member is not _NONE]
        return members[0] if len(members) == 1 else kind
    return kind


_ABSENT = object()


@functools.cache
def _spread(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _pairs(name: str, value: Any) -> Pairs:
    if value is None:
        return []
    if isinstance(value, Mapping):
        entries = value.items()
        return [(name, key) if item is None else (f"{name}.{key}", _text(item)) for key, item in entries]
    if isinstance(value, (tuple, list, frozenset)):
        return [(name, _text(item)) for item in value]
    return [(name, _text(value))]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, enum.Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read(name: str, hint: Any, given: Pairs) -> Any:
    kind = plain_kind(hint)
    origin = get_origin(kind)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _read_mapping(name, get_args(kind)[1], given)
    texts = [text for key, text in given if key == name]
    if not texts:
        return _ABSENT
    if origin in (tuple, list, frozenset):
        return typing.cast("type", origin)(value_of(name, get_args(kind)[0], text) for text in texts)
    if len(texts) > 1:
        raise InvalidRequest(f"The query names {name!r} {len(texts)} times; it takes one value.", name=name)
    return value_of(name, kind, texts[0])


def _read_mapping(name: str, item: Any, given: Pairs) -> Any:
    start = f"{name}."
    if plain_kind(item) is item and any(key == name for key, _ in given):
        raise InvalidRequest(f"{name} lacks a value. Expected {name}.KEY=VALUE.", name=name)
    entries: dict[str, str | None] = {text: None for key, text in given if key == name}
    entries |= {key[len(start) :]: _clean(name, text) for key, text in given if key.startswith(start)}
    return entries or _ABSENT


def value_of(name: str, kind: Any, text: str) -> Any:
    """Return the `kind` that `text` says.

    Raises:
        InvalidRequest: it says none; the message says what `name` takes.
    """
    _clean(name, text)
    read, expected = _reader(plain_kind(kind))
    try:
        return read(text)
    except (ValueError, KeyError, OverflowError) as error:
        shown = text if len(text) < 100 else text[:100] + "…"  # noqa: PLR2004
        raise InvalidRequest(f"{name} is {shown!r}. Expected {expected}.", name=name) from error


def _clean(name: str, text: str) -> str:
    if "\0" in text:
        raise PathEscapes(
            f"{name} holds a NUL character, at which a name or path would be cut off.", name=name
        )
    return text


def _reader(kind: Any) -> tuple[typing.Callable[[str], Any], str]:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind, "one of " + ", ".join(str(member.value) for member in kind)
    if kind is bool:
        return {"true": True, "false": False}.__getitem__, "true or false"
    if kind is int:
        return _whole, "a whole number"
    if kind is float:
        return _number, "a number"
    if kind is datetime:
        return _time, "a time with its zone in ISO 8601, such as 2026-01-31T12:00:00+00:00"
    return str, "text"


def _whole(text: str) -> int:
    if len(text) > 20 or not -_TOO_LARGE <= int(text) < _TOO_LARGE:  # noqa: PLR2004 - digits of the largest
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _time(text: str) -> datetime:
    value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if value.tzinfo is None:
        raise ValueError(text)
    return value
