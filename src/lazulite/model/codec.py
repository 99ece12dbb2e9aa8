"""Dataclasses to JSON and back, driven by their type hints.

What is stored or sent is exactly what the dataclass says: unknown keys in old or newer documents are ignored,
missing keys take the field's default, so that a document survives a version of the code that added a field.

A plan of thousands of steps passes here several times on its way. So types are looked at once: each gets a function of
its own that encodes or decodes it, and values that are already what JSON gives are passed on without a call.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin

from lazulite.model.errors import Corrupt
from lazulite.model.garbage import uncollected

T = TypeVar("T")
_KIND = "kind"  # the discriminator written for members of a union of dataclasses
_NONE = type(None)
_LARGE = 1 << 17  # characters of text
#: Types of which a value is its own encoding.
_PLAIN: frozenset[type] = frozenset({str, int, float, bool, _NONE})
#: What a shape that does not fit raises while it is decoded.
_MISFITS = (TypeError, ValueError, KeyError, AttributeError)

_Function = Callable[[Any], Any]


def to_data(value: Any) -> Any:
    """Return `value` as what `json.dumps` takes: dataclasses become dicts, tuples lists, times ISO 8601 text."""
    kind: type = value.__class__
    return value if kind in _PLAIN else _encoders[kind](value)


def from_data(kind: type[T], data: Any) -> T:
    """Return the `kind` that `to_data` turned into `data`.

    Raises:
        Corrupt: `data` has not the shape of a `kind`.
    """
    try:
        return typing.cast("T", _decoder(typing.cast("Any", kind)).decode(data))
    except _MISFITS as error:
        raise Corrupt(f"stored data are not a {getattr(kind, '__name__', kind)}: {error}") from error


def dumps(value: Any) -> str:
    """Return `value` as JSON text with sorted keys, so that equal values give equal text."""
    try:
        return _write(value)
    except TypeError:  # names that are no text, which have no order among each other
        return _write(to_data(value))


def loads(kind: type[T], text: str | bytes) -> T:
    """Return the `kind` whose JSON text is `text`.

    Raises:
        Corrupt: the text is not JSON, or not a `kind`.
    """
    if len(text) < _LARGE:
        return _loads(kind, text)
    with uncollected():
        return _loads(kind, text)


def _loads(kind: type[T], text: str | bytes) -> T:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise Corrupt(f"stored text is not JSON ({error})") from error
    return from_data(kind, data)


# --- to data ---------------------------------------------------------------------------------------------


class _Encoders(dict[type, _Function]):
    """By type, the function that encodes its values; made when a type is met first."""

    def __missing__(self, kind: type) -> _Function:
        self[kind] = made = _encoder(kind)
        return made


_encoders = _Encoders()
#: By dataclass, the function that gives a value's fields as they are; JSON's own encoder does the rest.
_parts: dict[type, _Function] = {}


def _part(value: Any) -> Any:
    """Return something that JSON's encoder knows, of a value that it does not know."""
    kind: type = value.__class__
    encode = _encoders[kind]  # which puts down the parts of a dataclass
    data = _parts.get(kind, encode)(value)
    if data is value:
        raise TypeError(f"{value!r} has no form in JSON")
    return data


_write = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False, default=_part
).encode


def _encoder(kind: type) -> _Function:
    if dataclasses.is_dataclass(kind):
        return _dataclass_encoder(kind)
    if issubclass(kind, enum.Enum):
        return lambda value: value.value
    if issubclass(kind, datetime):
        return lambda value: value.astimezone(timezone.utc).isoformat()
    if issubclass(kind, Mapping):
        return _encode_mapping
    if issubclass(kind, (list, tuple, set, frozenset)):
        return _encode_items
    return lambda value: value


def _dataclass_encoder(kind: type) -> _Function:
    attributes = [field.name for field in dataclasses.fields(kind)]
    keys = list(attributes)
    if getattr(kind, "KIND", None):
        attributes.insert(0, "KIND")
        keys.insert(0, _KIND)
    values_of = _getter(attributes)

    _parts[kind] = lambda value: dict(zip(keys, values_of(value)))  # noqa: B905 - as many of both

    def encode(value: Any) -> dict[str, Any]:
        return {
            key: item if item.__class__ in _PLAIN else _encoders[item.__class__](item)
            for key, item in zip(keys, values_of(value))  # noqa: B905 - as many of both, and asking takes time
        }

    return encode


def _getter(attributes: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(attributes) > 1:
        return attrgetter(*attributes)
    # Of one attribute it would give the value itself, and of none it cannot be made.
    return lambda value: tuple(getattr(value, name) for name in attributes)


def _encode_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        key if key.__class__ is str else str(key): item
        if item.__class__ in _PLAIN
        else _encoders[item.__class__](item)
        for key, item in value.items()
    }


def _encode_items(value: Any) -> list[Any]:
    return [item if item.__class__ in _PLAIN else _encoders[item.__class__](item) for item in value]


# --- from data -------------------------------------------------------------------------------------------


class _Decoder(NamedTuple):
    """How one type is read. Data of exactly one of the classes `as_is` need no decoding, whatever their value."""

    decode: _Function
    as_is: frozenset[type] = frozenset()


@cache
def _decoder(kind: Any) -> _Decoder:
    origin = get_origin(kind)
    if kind is Any or kind is object:
        return _Decoder(lambda data: data, _PLAIN)
    if origin in (Union, types.UnionType):
        return _union_decoder(get_args(kind))
    return _Decoder(_value_decoder(kind, origin), _unchanged(kind))


def _unchanged(kind: Any) -> frozenset[type]:
    if kind is int:
        return frozenset({int, bool})  # Python takes True for an int
    return _PLAIN & {kind}


def _value_decoder(kind: Any, origin: Any) -> _Function:
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_decoder(get_args(kind)[1])
    if origin in (tuple, list, frozenset):
        return _items_decoder(origin, get_args(kind)[0])
    if origin in (Sequence, Iterable):
        return _items_decoder(tuple, get_args(kind)[0])
    if dataclasses.is_dataclass(kind):
        return _dataclass_decoder(typing.cast("type", kind))
    return _plain_decoder(kind)


def _plain_decoder(kind: Any) -> _Function:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind
    if kind is datetime:
        return _decode_time
    if kind is float:
        return _decode_float
    return _instance_decoder(kind)


def _mapping_decoder(item: Any) -> _Function:
    decode, as_is = _decoder(item)

    def decode_mapping(data: Any) -> dict[Any, Any]:
        return {key: value if value.__class__ in as_is else decode(value) for key, value in data.items()}

    return decode_mapping


def _items_decoder(sequence: _Function, item: Any) -> _Function:
    decode, as_is = _decoder(item)

    def decode_items(data: Any) -> Any:
        return sequence([value if value.__class__ in as_is else decode(value) for value in data])

    return decode_items


def _dataclass_decoder(kind: type) -> _Function:
    def decode_dataclass(data: Any) -> Any:
        if data.__class__ is not dict and not isinstance(data, Mapping):
            raise TypeError(f"{data!r} where {kind.__name__} was expected")
        given = {}
        for name, decode, as_is in _fields(kind):  # only now: a class may have a field of its own type
            if name in data:
                value = data[name]
                given[name] = value if value.__class__ in as_is else decode(value)
        return kind(**given)

    return decode_dataclass


@cache
def _fields(kind: type) -> list[tuple[str, _Function, frozenset[type]]]:
    hints = typing.get_type_hints(kind)
    return [(field.name, *_decoder(hints[field.name])) for field in dataclasses.fields(kind)]


def _decode_time(data: Any) -> datetime:
    """Read a time; JavaScript writes Z for UTC, which Python reads from 3.11 on only."""
    return datetime.fromisoformat(data[:-1] + "+00:00" if data.endswith("Z") else data)


def _decode_float(data: Any) -> float:
    if isinstance(data, float):
        return data
    if isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    raise TypeError(f"{data!r} where float was expected")


def _instance_decoder(kind: Any) -> _Function:
    def decode_instance(data: Any) -> Any:
        if data is None and kind is not _NONE:
            raise TypeError(f"null where {kind} was expected")
        if isinstance(kind, type) and not isinstance(data, kind):
            raise TypeError(f"{data!r} where {kind.__name__} was expected")
        return data

    return decode_instance


def _union_decoder(members: tuple[Any, ...]) -> _Decoder:
    tagged = [(getattr(member, "KIND", None), _decoder(member).decode) for member in members]
    # Plain values, tried one after the other, the exact type before all: Python takes True for 1.
    untagged = {
        member: _decoder(member).decode
        for member in members
        if isinstance(member, type) and member is not _NONE and not getattr(member, "KIND", None)
    }
    generic = [_decoder(m).decode for m in members if not isinstance(m, type)]

    def decode_union(data: Any) -> Any:
        if data is None and _NONE in members:
            return None
        if (data.__class__ is dict or isinstance(data, Mapping)) and _KIND in data:
            for tag, decode in tagged:
                if tag == data[_KIND]:
                    return decode(data)
        for member in sorted(untagged, key=lambda member: member is not data.__class__):
            try:
                return untagged[member](data)
            except _MISFITS:
                continue
        for decode in generic:
            return decode(data)
        raise TypeError(f"{data!r} fits none of {members}")

    return _Decoder(decode_union, _PLAIN.intersection(members))
