"""Small readings of what users write in package lists, shared by the classes that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lazulite.sdk.exceptions import UserErrorException

CPU = "cpu"
GPU = "gpu"
_CONDA_NAME = re.compile(r"(?:[^:\s]+::)?(?P<name>[A-Za-z0-9_][A-Za-z0-9._-]*)\s*(?P<rest>.*)")
_NOT_OPTIONS = re.compile(r"(-e|-r|-c|--editable|--requirement|--constraint)\b")
_NAMED = re.compile(r"([A-Za-z0-9._-]+\s*(?:\[[^\]]*\])?)\s*(.*)", re.DOTALL)


def is_option(line: str) -> bool:
    """Tell whether a pip line is an option rather than something to install."""
    return line.startswith("-") and not _NOT_OPTIONS.match(line)


def option_name(line: str) -> str:
    """Return `--index-url` of `--index-url https://…`."""
    return re.split(r"[\s=]", line.strip(), maxsplit=1)[0]


def conda_parts(package: str) -> tuple[str, str]:
    """Return the name of a conda package, and what follows it.

    Raises:
        UserErrorException: it is not a conda package specification.
    """
    match = _CONDA_NAME.fullmatch(package.strip())
    if match is None:
        raise UserErrorException(
            f"{package!r} is not a conda package. Expected for example 'numpy' or 'scikit-learn=1.4'."
        )
    return match["name"].lower(), match["rest"].strip()


def text(what: str, value: object) -> str:
    """Return `value` if it is text with something in it.

    Raises:
        UserErrorException: it is not; the message begins with `what`.
    """
    if not isinstance(value, str) or not value.strip():
        raise UserErrorException(f"{what} must be non-empty text, and {value!r} was given.")
    return value


def list_of(what: str, values: Iterable[str]) -> list[str]:
    """Return the values as a list.

    Raises:
        UserErrorException: one text was given in place of a list.
    """
    if isinstance(values, str):
        raise UserErrorException(f"{what} must be a list of texts, and the text {values!r} was given.")
    return list(values)


def together(first: str, second: str) -> str:
    """Return two requirements of one name as one."""
    one, two = _NAMED.fullmatch(first), _NAMED.fullmatch(second)
    if one is None or two is None or not two[2] or two[2] in one[2]:
        return first
    return f"{one[1]}{one[2]},{two[2]}" if one[2] else second


def variant(name: str, core_type: str) -> str:
    """Return the name of a package for "cpu" or "gpu"."""
    if core_type not in (CPU, GPU):
        raise UserErrorException(f"core_type is 'cpu' or 'gpu', and {core_type!r} was given.")
    return name if core_type == CPU else f"{name}-gpu"
