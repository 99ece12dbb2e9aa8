"""The published libraries of U-SQL operators, in Python, under their C# names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def find(kind: str, name: str) -> Callable[..., Any] | None:
    """The port of a library's operator; None if there is none."""
    return _PORTS.get((kind, name.rpartition(".")[2]))


_PORTS: dict[tuple[str, str], Callable[..., Any]] = {}
