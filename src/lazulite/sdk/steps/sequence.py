"""Steps that run one after another. v1: `azureml.pipeline.core.StepSequence`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


class StepSequence:
    """An order among steps that no data give: each item waits for every step of the item before it.

    Args:
        steps: Steps, lists of steps (which run beside each other) and other sequences.

    Example:
        `Pipeline(ws, StepSequence([prepare, [train_a, train_b], compare]))`
    """

    def __init__(self, steps: Iterable[Any] | None = None) -> None:
        self._steps = list(steps or ())

    def __iter__(self) -> Iterator[Any]:
        """Return the items in their order."""
        return iter(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def __repr__(self) -> str:
        return f"StepSequence({self._steps!r})"
