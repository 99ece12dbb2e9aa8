"""No tool at all: the scripts one after the other, and two at a time by xargs, level by level."""

from __future__ import annotations

import shlex

from benchmarks.peers.peer import PARALLEL, Layout, Peer

_SCRIPT = "steps.sh"


def _in_sequence(layout: Layout) -> None:
    lines = [shlex.join(layout.line_of(index)) for index in range(len(layout.graph.steps))]
    _write(layout, lines)


def _level_by_level(layout: Layout) -> None:
    """A level as one xargs: it starts a script for each line, and the shell waits for all of them."""
    lines, index = [], 0
    for number, level in enumerate(layout.graph.levels):
        commands = [shlex.join(layout.line_of(index + place)[1:]) for place in range(len(level))]
        index += len(level)
        (layout.folder / f"level{number}.txt").write_text("\n".join(commands) + "\n", encoding="utf-8")
        lines.append(f"xargs -P{PARALLEL} -L1 {shlex.quote(layout.python)} < level{number}.txt")
    _write(layout, lines)


def _write(layout: Layout, lines: list[str]) -> None:
    (layout.folder / _SCRIPT).write_text("\n".join(["set -e", *lines]) + "\n", encoding="utf-8")


def _command(_layout: Layout) -> list[str]:
    return ["sh", _SCRIPT]


SEQUENCE = Peer(
    key="bare",
    title="python step.py, in sequence",
    idiom="a shell script with one `python step.py …` per line",
    write=_in_sequence,
    command=_command,
    program="sh",
    caches=False,
)
XARGS = Peer(
    key="xargs",
    title="xargs -P2",
    idiom="per level of the graph one `xargs -P2 -L1 python`",
    write=_level_by_level,
    command=_command,
    program="xargs",
    caches=False,
)
