"""pip's options as users write them in requirement lists, and how uv and pip are told each.

Only options in the table pass: an option can make an installer write anywhere or read any file, so one that nobody
considered is refused by name.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from lazulite.environments.masking import masked
from lazulite.model.errors import EnvironmentFailed


@dataclass(frozen=True)
class Option:
    """One option under its long name; `value` None: it takes none."""

    name: str
    value: str | None = None

    @property
    def chooses_index(self) -> bool:
        """Whether it says where packages come from."""
        return self.name in _SOURCES


#: Long name -> whether it takes a value, and what uv calls it ("" where uv has no need of it).
_KNOWN: dict[str, tuple[bool, str]] = {
    "--index-url": (True, "--index-url"),
    "--extra-index-url": (True, "--extra-index-url"),
    "--find-links": (True, "--find-links"),
    "--no-index": (False, "--no-index"),
    "--trusted-host": (True, "--allow-insecure-host"),
    "--no-binary": (True, "--no-binary"),
    "--only-binary": (True, "--only-binary"),
    "--prefer-binary": (False, ""),
    "--pre": (False, "--prerelease=allow"),
    "--no-deps": (False, "--no-deps"),
    "--no-build-isolation": (False, "--no-build-isolation"),
    "--no-cache-dir": (False, "--no-cache"),
    "--upgrade": (False, "--upgrade"),
    "--require-hashes": (False, "--require-hashes"),
}
_SHORT = {"-i": "--index-url", "-f": "--find-links", "-U": "--upgrade", "--pypi-url": "--index-url"}
_SOURCES = frozenset({"--index-url", "--extra-index-url", "--find-links", "--no-index", "--trusted-host"})


def parse(text: str) -> tuple[Option, ...]:
    """Return the options written on one line, such as `--index-url https://… --pre`.

    Raises:
        EnvironmentFailed: an option is not among those that are passed on, or lacks its value.
    """
    try:
        words = shlex.split(text, comments=True)
    except ValueError as error:
        raise EnvironmentFailed(f"The pip option {masked(text)!r} cannot be read: {error}.") from error
    found: list[Option] = []
    rest = iter(words)
    for word in rest:
        name, given, value = _split(word)
        if name not in _KNOWN:
            raise EnvironmentFailed(
                f"The pip option {name!r} is not passed on to the installer. "
                f"Accepted are: {', '.join(sorted(_KNOWN))}.",
                option=name,
            )
        takes_value = _KNOWN[name][0]
        if given and not takes_value:
            raise EnvironmentFailed(
                f"The pip option {name!r} takes no value, and {masked(value)!r} was given."
            )
        if takes_value and not given:
            value = next(rest, "")
        if takes_value and (not value or value.startswith("-")):
            raise EnvironmentFailed(f"The pip option {name!r} lacks its value.", option=name)
        found.append(Option(name, value if takes_value else None))
    return tuple(found)


def _split(word: str) -> tuple[str, bool, str]:
    """Return the long name, whether a value is written in the same word, and that value."""
    if not word.startswith("--") and word[:2] in _SHORT and len(word) > 2:  # noqa: PLR2004 - "-ihttps://…"
        return _SHORT[word[:2]], True, word[2:].removeprefix("=")
    name, equals, value = word.partition("=")
    return _SHORT.get(name, name), bool(equals), value


def for_pip(options: Iterable[Option]) -> tuple[str, ...]:
    """Return the options as arguments of `pip install`."""
    words: list[str] = []
    for option in options:
        words += [option.name] if option.value is None else [option.name, option.value]
    return tuple(words)


def for_uv(options: Iterable[Option]) -> tuple[str, ...]:
    """Return the options as arguments of `uv pip install`."""
    words: list[str] = []
    several = False
    for option in options:
        name = _KNOWN[option.name][1]
        several = several or option.name == "--extra-index-url"
        if name:
            words += [name] if option.value is None else [name, option.value]
    if several:
        # pip takes the best version of all indexes, uv by default only looks at the first that has the name.
        words.append("--index-strategy=unsafe-best-match")
    return tuple(words)
