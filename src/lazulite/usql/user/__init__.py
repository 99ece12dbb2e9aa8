"""The user's own code: Python registered under the C# names that a script uses. See `registry`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lazulite.usql.user.registry import register

_F = TypeVar("_F", bound=Callable[..., Any])


def register_function(name: str, returns: str = "string") -> Callable[[_F], _F]:
    """Register a function for `name(…)` of a script.

    Args:
        name: the C# name, with namespace and class: "My.Text.Clean".
        returns: the U-SQL type of the result: "string", "int?", "DateTime" …
    """
    return register("function", name, returns)


def register_aggregate(name: str, returns: str = "string") -> Callable[[_F], _F]:
    """Register a function of lists for `AGG<name>(…)`: it gets a list for each argument, one value for each row."""
    return register("aggregate", name, returns)


def register_extractor(name: str) -> Callable[[_F], _F]:
    """Register `(stream, columns, **arguments)` → an iterable of dicts for `USING new name(…)` of an EXTRACT."""
    return register("extractor", name)


def register_processor(name: str) -> Callable[[_F], _F]:
    """Register `(row, **arguments)` → a dict, or None to leave the row out, for PROCESS … USING."""
    return register("processor", name)


def register_reducer(name: str) -> Callable[[_F], _F]:
    """Register `(rows, **arguments)` → an iterable of dicts for REDUCE … USING; it gets the rows of one key."""
    return register("reducer", name)


def register_combiner(name: str) -> Callable[[_F], _F]:
    """Register `(left_rows, right_rows, **arguments)` → an iterable of dicts for COMBINE … USING."""
    return register("combiner", name)


def register_applier(name: str) -> Callable[[_F], _F]:
    """Register `(row, **arguments)` → an iterable of dicts for CROSS APPLY … USING."""
    return register("applier", name)


def register_outputter(name: str) -> Callable[[_F], _F]:
    """Register `(rows, stream, columns, **arguments)`, which writes, for OUTPUT … USING."""
    return register("outputter", name)


__all__ = [
    "register_aggregate",
    "register_applier",
    "register_combiner",
    "register_extractor",
    "register_function",
    "register_outputter",
    "register_processor",
    "register_reducer",
]
