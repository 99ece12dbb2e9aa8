"""Names of rows that more than one module speaks of."""

from __future__ import annotations

from benchmarks.peers import bare, build_tools

SEQUENCE = bare.SEQUENCE.title
XARGS = bare.XARGS.title
MAKE = build_tools.MAKE.title
NINJA = build_tools.NINJA.title
WARM = "Lazulite"
FRESH = "Lazulite, fresh process per step"
COLD = "Lazulite, engine and nodes started too"

#: The parts of Lazulite's processor time.
ENGINE_AND_NODES = "engine and nodes themselves"
BELOW = "programs that ended below them"
CLIENT = "the client, all of it"
WAITING = "the client while it waits"
CPU_TEXT = (
    "User and system time of everything that took part, the scripts included, divided by the number of steps. For "
    "Lazulite that is the client's program, the engine, the nodes and all below them, shown part by part. A temporary "
    "server of a peer that outlives its client is not counted."
)


def inner(subject: str) -> str:
    """The row of what passes between `submit` and the end, in a client that runs already."""
    return f"{subject}: submit to finished"


def part(subject: str, part_of_it: str) -> str:
    """The row of a part of what a subject used."""
    return f"{subject}: {part_of_it}"
