"""JSON schemas of our types, by the same hints that the codec reads and `server.shape` checks."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO, Union, cast, get_args, get_origin

from lazulite.model.codec import to_data

Schema = dict[str, Any]
_NONE = type(None)
_WHOLE: Schema = {"type": "integer", "format": "int64", "minimum": -(1 << 63), "maximum": (1 << 63) - 1}
_PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: _WHOLE,
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
    _NONE: {"type": "null"},
    BinaryIO: {"type": "string", "contentMediaType": "application/octet-stream"},
}


class Schemas:
    """Makes schemas, and collects those of classes under their names, to which the others refer."""

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}

    def of(self, kind: Any) -> Schema:
        """The schema of values of a type."""
        origin, parts = get_origin(kind), get_args(kind)
        if kind is Any or kind is object:
            return {}
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if origin in (Union, types.UnionType):
            return self._union(parts)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(parts[1])}
        if origin is not None:
            unique = {"uniqueItems": True} if origin is frozenset else {}
            return {"type": "array", "items": self.of(parts[0]), **unique}
        return self._class(kind)

    def _union(self, members: tuple[Any, ...]) -> Schema:
        tagged = [member for member in members if hasattr(member, "KIND")]
        others = [self.of(member) for member in members if member not in tagged]
        if not tagged:
            return {"anyOf": others}
        refs = {member.KIND: self.of(member) for member in tagged}
        choice: Schema = {
            "oneOf": list(refs.values()),
            "discriminator": {
                "propertyName": "kind",
                "mapping": {tag: ref["$ref"] for tag, ref in refs.items()},
            },
        }
        return {"anyOf": [*others, *refs.values()]} if others else choice

    def _class(self, kind: type) -> Schema:
        name = kind.__name__
        if name not in self.named:
            self.named[name] = {}  # there already, for fields of its own type
            self.named[name] = self._choice(kind) if issubclass(kind, enum.Enum) else self._record(kind)
        return {"$ref": f"#/components/schemas/{name}"}

    def _choice(self, kind: type[enum.Enum]) -> Schema:
        return {"type": "string", "enum": [member.value for member in kind]}

    def _record(self, kind: type) -> Schema:
        hints = typing.get_type_hints(kind)
        properties: dict[str, Schema] = {}
        required: list[str] = []
        if hasattr(kind, "KIND"):
            properties["kind"] = {"const": kind.KIND}
            required.append("kind")
        for field in dataclasses.fields(cast("Any", kind)):
            properties[field.name] = self.of(hints[field.name])
            if field.default is not dataclasses.MISSING:
                properties[field.name] |= {"default": to_data(field.default)}
            elif field.default_factory is dataclasses.MISSING:
                required.append(field.name)
        return {
            "type": "object",
            "description": inspect.cleandoc(kind.__doc__ or ""),
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }
