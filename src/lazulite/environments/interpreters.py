"""Finds a Python for an explicit pin: the one at hand, one of this machine, or one that uv can get.

A pin counts to its minor version: "3.8.13" takes any 3.8, as patch releases are interchangeable and seldom at hand.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from lazulite.environments.probe import Interpreter, probe
from lazulite.environments.running import Log, run
from lazulite.model.errors import EnvironmentFailed

_PLAIN = re.compile(r"=*\s*(?P<version>\d+(\.\d+){0,2})(\.\*)?(=.*)?")
_MINORS = range(6, 20)


@dataclass(frozen=True)
class Pin:
    """Which Pythons will do; `text` is what the user wrote, `request` what uv is asked for."""

    text: str
    request: str
    allowed: SpecifierSet

    def fits(self, version: str) -> bool:
        """Tell whether a Python of this version will do."""
        return self.allowed.contains(version, prereleases=True)


def read_pin(text: str) -> Pin:
    """Return the pin written as "3.8", "3.8.13", "=3.8" or a range such as ">=3.8,<3.11".

    Raises:
        EnvironmentFailed: it is none of these.
    """
    plain = _PLAIN.fullmatch(text.strip())
    if plain:
        level = ".".join(plain["version"].split(".")[:2])
        return Pin(text, level, SpecifierSet(f"=={level}.*"))
    try:
        return Pin(text, text.replace(" ", ""), SpecifierSet(text))
    except InvalidSpecifier as error:
        raise EnvironmentFailed(
            f"The Python version {text!r} cannot be read. Expected for example '3.11' or '>=3.10,<3.13'.",
            python=text,
        ) from error


def find(pin: Pin, given: Interpreter, cache: Path, uv: str | None, log: Log) -> Interpreter:
    """Return an interpreter that the pin allows.

    Raises:
        EnvironmentFailed: there is none; the message names those that were found.
    """
    if pin.fits(given.version):
        return given
    seen = {given.version}
    for path in _on_this_machine():
        try:
            candidate = probe(path, cache)
        except EnvironmentFailed:
            continue  # the stand-ins of version managers exist for versions that do not
        if pin.fits(candidate.version):
            return candidate
        seen.add(candidate.version)
    words = ""
    if uv is not None:
        path, words = _from_uv(pin, uv, cache.parent, log)
        if path:
            return probe(path, cache)
    found = ", ".join(sorted(seen, key=lambda version: [int(part) for part in version.split(".")]))
    raise EnvironmentFailed(
        f"Python {pin.text} is asked for and this machine has: {found}. Install a Python {pin.request}, or take the "
        f"pin out of the environment (CondaDependencies: python_version)."
        + (f" uv could not get one either:\n{words}" if words else ""),
        python=pin.text,
    )


def _on_this_machine() -> Iterator[str]:
    for number in reversed(_MINORS):
        path = shutil.which(f"python3.{number}")
        if path:
            yield path
    root = Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser() / "versions"
    yield from sorted((str(path) for path in root.glob("3.*/bin/python")), reverse=True)


def _from_uv(pin: Pin, uv: str, folder: Path, log: Log) -> tuple[str, str]:
    """Return the path of a Python from uv, or "" and why there is none."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ended = run((uv, "python", "install", "--no-progress", pin.request), log, folder)
    if ended.status != 0:
        return "", ended.words
    ended = run((uv, "python", "find", "--no-project", "--managed-python", pin.request), log, folder)
    return (ended.words.splitlines()[-1], "") if ended.status == 0 else ("", ended.words)
