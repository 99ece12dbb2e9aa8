"""What a peer is: a tool that runs one Python script per step, and how it is told to.

Each peer has a folder here with the files a user of it would write, by its own idiom. Those that are text without logic
of their own (a Makefile, a `dvc.yaml`) are written from the graph by the peer's `__init__`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.graphs import Graph

#: How many steps may run at once, for every tool.
PARALLEL = 2
STEP_SCRIPT = Path(__file__).parents[1] / "step" / "step.py"


@dataclass(frozen=True)
class Layout:
    """Where a peer works.

    `folder` is its work folder, in which `step.py`, `graph.json` and an empty `out` are laid out already; `python` the
    interpreter that runs the steps, the same for every tool; `programs` the folder of the tool's own programs.
    """

    folder: Path
    graph: Graph
    python: str
    programs: Path | None = None

    def program(self, name: str) -> str:
        """The path of a program: of the tool's own environment, else as it is found."""
        return str(self.programs / name) if self.programs else name

    def take(self, file: Path) -> None:
        """Copy a file of the peer's folder into the work folder."""
        (self.folder / file.name).write_bytes(file.read_bytes())

    def line_of(self, step_index: int) -> list[str]:
        """The command of a step: the same for every tool that runs commands."""
        step = self.graph.steps[step_index]
        return [self.python, "step.py", "0", step.output, *step.reads]


@dataclass(frozen=True)
class Peer:
    """A tool. `write` writes its files, `command` runs the graph with them.

    Attributes:
        key: The name of its folder here, and its word for `--peers`.
        title: Its name in the report.
        idiom: One sentence: how a Python script per step is said in it.
        requirement: The package it is installed from; empty if it is a program of the system.
        also: Further requirements of its environment, each with its reason where it is said.
        program: The program whose presence and version are looked at.
        caches: A second run of an unchanged graph does not run the steps again.
        prepare: Run once, untimed, in a new work folder before the first run.
    """

    key: str
    title: str
    idiom: str
    write: Callable[[Layout], None]
    command: Callable[[Layout], list[str]]
    requirement: str = ""
    also: tuple[str, ...] = ()
    program: str = ""
    caches: bool = True
    prepare: Callable[[Layout], list[str]] | None = None
    variables: Callable[[Path], Mapping[str, str]] = field(default=lambda _folder: {})
