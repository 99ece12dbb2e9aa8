"""Dataclasses to JSON and back, driven by their type hints.

What is stored or sent is exactly what the dataclass says: unknown keys in old or newer documents are ignored,
missing keys take the field's default, so that a document survives a version of the code that added a field.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin

from lazulite.model.errors import Corrupt

T = TypeVar("T")
_KIND = "kind"  # the discriminator written for members of a union of dataclasses


def to_data(value: Any) -> Any:
    """Return `value` as what `json.dumps` takes: dataclasses become dicts, tuples lists, times ISO 8601 text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        data = {name: to_data(getattr(value, name)) for name in _field_names(type(value))}
        tag = getattr(type(value), "KIND", None)
        return {_KIND: tag, **data} if tag else data
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_data(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_data(item) for item in value]
    return value


def from_data(kind: type[T], data: Any) -> T:
    """Return the `kind` that `to_data` turned into `data`.

    Raises:
        Corrupt: `data` has not the shape of a `kind`.
    """
    try:
        return typing.cast("T", _decode(kind, data))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise Corrupt(f"stored data are not a {getattr(kind, '__name__', kind)}: {error}") from error


def dumps(value: Any) -> str:
    """Return `value` as JSON text with sorted keys, so that equal values give equal text."""
    return json.dumps(to_data(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def loads(kind: type[T], text: str | bytes) -> T:
    """Return the `kind` whose JSON text is `text`.

    Raises:
        Corrupt: the text is not JSON, or not a `kind`.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise Corrupt(f"stored text is not JSON ({error})") from error
    return from_data(kind, data)


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _decode(kind: Any, data: Any) -> Any:  # noqa: C901, PLR0911 - one return per shape
    origin = get_origin(kind)
    if kind is Any or kind is object:
        return data
    if origin in (Union, types.UnionType):
        return _decode_union(get_args(kind), data)
    if data is None:
        if kind is type(None):
            return None
        raise TypeError(f"null where {kind} was expected")
    if origin is not None and issubclass(origin, Mapping):
        item = get_args(kind)[1]
        return {key: _decode(item, value) for key, value in data.items()}
    if origin in (tuple, list, frozenset):
        item = get_args(kind)[0]
        return origin(_decode(item, value) for value in data)
    if dataclasses.is_dataclass(kind):
        return _decode_dataclass(typing.cast("type", kind), data)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(data)
    if kind is datetime:
        return datetime.fromisoformat(data)
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if isinstance(kind, type) and not isinstance(data, kind):
        raise TypeError(f"{data!r} where {kind.__name__} was expected")
    return data


def _decode_dataclass(kind: type, data: Any) -> Any:
    if not isinstance(data, Mapping):
        raise TypeError(f"{data!r} where {kind.__name__} was expected")
    hints = _hints(kind)
    return kind(**{name: _decode(hints[name], data[name]) for name in _field_names(kind) if name in data})


def _decode_union(members: tuple[Any, ...], data: Any) -> Any:
    if data is None and type(None) in members:
        return None
    if isinstance(data, Mapping) and _KIND in data:
        for member in members:
            if getattr(member, "KIND", None) == data[_KIND]:
                return _decode(member, data)
    # Plain values: bool before int before float, because Python takes True for 1.
    for member in sorted((m for m in members if isinstance(m, type)), key=lambda m: m is not type(data)):
        if member is not type(None) and not getattr(member, "KIND", None):
            try:
                return _decode(member, data)
            except (TypeError, ValueError, KeyError, AttributeError):
                continue
    for member in members:
        if not isinstance(member, type) and member is not type(None):
            return _decode(member, data)
    raise TypeError(f"{data!r} fits none of {members}")
