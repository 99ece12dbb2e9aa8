"""What all configuration objects share: a misspelt attribute is refused, and each has a document form.

A class names its attributes in `FIELDS`, in the order of its document. In documents they are written as v1 wrote
them (`base_image` is `baseImage`), so that files of v1 are read and ours look familiar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from lazulite.sdk.exceptions import UserErrorException

E = TypeVar("E", bound="ConfigElement")
_MISSPELT = 0.85  # how alike two names are, from 0 to 1


class ConfigElement:
    """A section of a run configuration or environment. v1: `_AbstractRunConfigElement`."""

    FIELDS: ClassVar[tuple[str, ...]] = ()
    #: Attribute -> the key in documents, where it is not the camel-case form.
    KEYS: ClassVar[Mapping[str, str]] = {}
    #: Attributes that hold an element or None, or a list or dict of elements -> the element's class.
    ELEMENTS: ClassVar[Mapping[str, type[ConfigElement]]] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name not in self.FIELDS and not hasattr(type(self), name):
            raise AttributeError(_unknown(type(self).__name__, "attribute", name, self.FIELDS))
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        import json

        return json.dumps(without_secrets(self._document()), indent=4, default=str)

    def _document(self) -> dict[str, Any]:
        """Return this element as plain data: what is saved, sent and shown."""
        return {self._key(name): _plain(getattr(self, name)) for name in self.FIELDS}

    def _read(self, document: Mapping[str, Any], place: str) -> None:
        """Take over the values of a document; what it does not name stays as it is.

        Files of all releases of v1 are read: a key that has no meaning here is passed over with a warning, one that
        looks like a misspelling is an error.

        Args:
            place: What the document is, for messages.

        Raises:
            UserErrorException: a key is misspelt, or a section is not a mapping.
        """
        if not isinstance(document, Mapping):
            raise UserErrorException(f"{place}: expected a mapping, and found {document!r}.")
        names = {self._key(name): name for name in self.FIELDS} | {name: name for name in self.FIELDS}
        for key, value in document.items():
            if key in names:
                self._take(names[key], value, f"{place}: {key}")
            else:
                self._pass_over(str(key), names, place)

    def _pass_over(self, key: str, names: Mapping[str, str], place: str) -> None:
        import warnings

        said = f"{place}: {_unknown(type(self).__name__, 'key', key, names)}"
        if _nearest(key, names, _MISSPELT):
            raise UserErrorException(said)
        warnings.warn(f"{said} It is passed over.", UserWarning, stacklevel=5)

    def _take(self, name: str, value: Any, place: str) -> None:
        element = self.ELEMENTS.get(name)
        current = getattr(self, name)
        if isinstance(current, ConfigElement) and isinstance(value, Mapping):
            current._read(value, place)  # noqa: SLF001 - one of our own kind
        elif isinstance(current, ConfigElement) and value is None:
            pass  # v1 wrote empty sections for "as it is by default"
        elif element is None or value is None:
            setattr(self, name, value)
        elif isinstance(value, list):
            setattr(self, name, [_made(element, item, place) for item in value])
        elif isinstance(current, dict) and isinstance(value, Mapping):
            setattr(self, name, {key: _made(element, item, f"{place}: {key}") for key, item in value.items()})
        else:
            setattr(self, name, _made(element, value, place))

    @classmethod
    def _key(cls, name: str) -> str:
        return cls.KEYS.get(name) or camel_case(name)


def camel_case(name: str) -> str:
    """Return "baseImage" of "base_image"."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def refuse_unknown(owner: str, given: Mapping[str, object], known: tuple[str, ...] = ()) -> None:
    """Raise UserErrorException if keywords were given that `owner` does not take."""
    for name in given:
        if name not in ("_skip_defaults", *known):
            raise UserErrorException(_unknown(owner, "parameter", name, known))


def _made(element: type[E], value: Any, place: str) -> E:
    made = element()
    made._read(value, place)  # noqa: SLF001 - one of our own kind
    return made


def _unknown(owner: str, what: str, name: str, known: Iterable[str]) -> str:
    near = _nearest(name, known)
    return f"{owner} has no {what} {name!r}." + (f" Did you mean {near!r}?" if near else "")


def _nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    import difflib

    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)), "")


def _plain(value: Any) -> Any:
    if hasattr(value, "_document"):
        return value._document()  # noqa: SLF001 - one of our own kind
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def without_secrets(value: Any) -> Any:
    """Return plain data with `***` for passwords and tokens."""
    if isinstance(value, Mapping):
        return {
            key: "***" if item and key in ("password", "authToken") else without_secrets(item)
            for key, item in value.items()
        }
    return [without_secrets(item) for item in value] if isinstance(value, list) else value
