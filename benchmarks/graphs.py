"""The graphs that every tool runs: steps that each run `step.py` once and read what the steps before them wrote.

A graph is a file (`graph.json`) to the tools, so that the definition for each of them is written by its own idiom from
the same facts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Where the tools that work on files have a step's output, relative to the folder they run in.
OUTPUTS = "out"


@dataclass(frozen=True)
class Step:
    """A step, and the steps whose outputs it reads."""

    name: str
    inputs: tuple[str, ...] = ()

    @property
    def output(self) -> str:
        """The file it writes."""
        return f"{OUTPUTS}/{self.name}.txt"

    @property
    def reads(self) -> list[str]:
        """The files it reads."""
        return [f"{OUTPUTS}/{name}.txt" for name in self.inputs]


@dataclass(frozen=True)
class Graph:
    """Steps in an order in which they can run; `levels` of them wait for nothing but the levels before."""

    name: str
    levels: tuple[tuple[Step, ...], ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, level by level."""
        return tuple(step for level in self.levels for step in level)

    @property
    def ends(self) -> tuple[Step, ...]:
        """The steps whose output nobody reads."""
        read = {name for step in self.steps for name in step.inputs}
        return tuple(step for step in self.steps if step.name not in read)

    def write(self, file: Path) -> None:
        """Write it as JSON: a list of levels of steps with `name` and `inputs`."""
        levels = [[{"name": step.name, "inputs": step.inputs} for step in level] for level in self.levels]
        file.write_text(json.dumps({"name": self.name, "levels": levels}), encoding="utf-8")

    @staticmethod
    def read(file: Path) -> Graph:
        """Return the graph of a file that `write` made."""
        data = json.loads(file.read_text(encoding="utf-8"))
        levels = tuple(
            tuple(Step(step["name"], tuple(step["inputs"])) for step in level) for level in data["levels"]
        )
        return Graph(data["name"], levels)


def layers(depth: int, width: int) -> Graph:
    """Return `width` chains of `depth` steps side by side."""
    levels: list[tuple[Step, ...]] = []
    for row in range(depth):
        before: Sequence[Step] = levels[-1] if levels else ()
        levels.append(
            tuple(
                Step(f"s{row:03}x{column:04}", (before[column].name,) if before else ())
                for column in range(width)
            )
        )
    return Graph(f"layers{depth}x{width}", tuple(levels))


def chain(length: int) -> Graph:
    """Return one step after the other."""
    return layers(length, 1)


def fan_out(width: int, *, join: bool = False) -> Graph:
    """Return steps that wait for nothing, and with `join` one more that reads all their outputs."""
    first = layers(1, width).levels[0]
    last = ((Step("join", tuple(step.name for step in first)),),) if join else ()
    return Graph(f"fan{width}{'join' if join else ''}", (first, *last))
