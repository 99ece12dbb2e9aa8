"""What an engine and a node say to each other: JSON, one message a line.

Messages are news, never the truth: whoever missed some finds it all in the folders of nodes and jobs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Union

from lazulite.model import codec
from lazulite.model.job import Job
from lazulite.model.run import RunStatus


@dataclass(frozen=True)
class RunJob:
    """Run the job, whose folder is there; if one runs, right after it. A third one is refused."""

    KIND: ClassVar[str] = "run"
    job: Job


@dataclass(frozen=True)
class CancelJob:
    """Ask the job's process to end. Of a job that the node does not run it means nothing."""

    KIND: ClassVar[str] = "cancel"
    job: str


@dataclass(frozen=True)
class TakeBack:
    """Do not start the job, if you have not. Of a job that the node has started it means nothing."""

    KIND: ClassVar[str] = "take_back"
    job: str


@dataclass(frozen=True)
class Leave:
    """End as soon as no job runs, and start no other."""

    KIND: ClassVar[str] = "leave"


@dataclass(frozen=True)
class Ask:
    """Say `Hello` again, that is what you do now."""

    KIND: ClassVar[str] = "ask"


@dataclass(frozen=True)
class Hello:
    """The first thing a node says on every connection: it is ready, or it runs this job, or it is about to end."""

    KIND: ClassVar[str] = "hello"
    node: str
    job: str | None = None
    run_id: str | None = None
    leaving: bool = False


@dataclass(frozen=True)
class StageReached:
    """`at`: when it was reached; news of short jobs come late, several together."""

    KIND: ClassVar[str] = "stage"
    job: str
    stage: RunStatus
    at: datetime | None = None


@dataclass(frozen=True)
class JobGone:
    """The node has nothing to do with the job any more; what became of the job is in its folder.

    `refused`: the node did not take it. `elsewhere`: another process had taken the job before. `returned`: the node had
    not started it, and will not.
    """

    KIND: ClassVar[str] = "gone"
    job: str
    reason: str
    refused: bool = False
    elsewhere: bool = False
    returned: bool = False


ToNode = Union[RunJob, CancelJob, TakeBack, Leave, Ask]
ToEngine = Union[Hello, StageReached, JobGone]


def encode(message: ToNode | ToEngine) -> bytes:
    return codec.dumps(message).encode() + b"\n"


def to_node(line: bytes) -> ToNode:
    """Return a message for a node (Corrupt if it is none)."""
    return codec.loads(ToNode, line)  # type: ignore[arg-type]


def to_engine(line: bytes) -> ToEngine:
    """Return a message for the engine (Corrupt if it is none)."""
    return codec.loads(ToEngine, line)  # type: ignore[arg-type]


class Lines:
    """Whole lines out of the pieces in which a socket delivers them."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        return lines
