"""The codec's meaning, written down as plainly as possible: types looked at for every value, nothing remembered."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Union, get_args, get_origin

MISFITS = (TypeError, ValueError, KeyError, AttributeError)


def encoded(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        data = {field.name: encoded(getattr(value, field.name)) for field in dataclasses.fields(value)}
        tag = getattr(type(value), "KIND", None)
        return {"kind": tag, **data} if tag else data
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat()
    if isinstance(value, Mapping):
        return {str(key): encoded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encoded(item) for item in value]
    return value


def decoded(kind: Any, data: Any) -> Any:  # noqa: C901, PLR0911 - one return for each shape
    origin = get_origin(kind)
    if kind is Any or kind is object:
        return data
    if origin in (Union, types.UnionType):
        return _member(get_args(kind), data)
    if data is None:
        if kind is type(None):
            return None
        raise TypeError
    if origin is not None and issubclass(origin, Mapping):
        return {key: decoded(get_args(kind)[1], value) for key, value in data.items()}
    if origin in (tuple, list, frozenset):
        return origin(decoded(get_args(kind)[0], value) for value in data)
    if dataclasses.is_dataclass(kind):
        return _dataclass(typing.cast("type", kind), data)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(data)
    if kind is datetime:
        return datetime.fromisoformat(data)
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if isinstance(kind, type) and not isinstance(data, kind):
        raise TypeError
    return data


def _dataclass(kind: type, data: Any) -> Any:
    if not isinstance(data, Mapping):
        raise TypeError
    hints = typing.get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    return kind(**{name: decoded(hints[name], data[name]) for name in names if name in data})


def _member(members: tuple[Any, ...], data: Any) -> Any:
    if data is None and type(None) in members:
        return None
    if isinstance(data, Mapping) and "kind" in data:
        for member in members:
            if getattr(member, "KIND", None) == data["kind"]:
                return decoded(member, data)
    # Python takes True for 1: the exact type goes before others.
    for member in sorted((m for m in members if isinstance(m, type)), key=lambda m: m is not type(data)):
        if member is not type(None) and not getattr(member, "KIND", None):
            try:
                return decoded(member, data)
            except MISFITS:
                continue
    for member in members:
        if not isinstance(member, type):
            return decoded(member, data)
    raise TypeError
