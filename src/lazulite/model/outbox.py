"""What a job tells the system while it runs: one JSON line each in its outbox file, read by the engine.

A script that logs must never wait for, or fail because of, the service: it appends to a file, and that is all.
The names of the environment variables by which a script finds its run stand here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Union

from lazulite.model.run import Metric, RunPatch

#: The outbox file of the job a process belongs to.
ENV_OUTBOX = "LAZULITE_OUTBOX"
#: The folder in which the run's artifacts appear (logs, ./outputs, uploaded files).
ENV_ARTIFACTS = "LAZULITE_ARTIFACTS"
#: Where the system is: a home folder or a service URL (also what users set).
ENV_HOME = "LAZULITE_HOME"
ENV_URL = "LAZULITE_URL"
#: The token to send to that server; of no use to a job, and never given to one.
ENV_TOKEN = "LAZULITE_TOKEN"  # noqa: S105 - the name of a variable
#: The address of the database with the records of a home, instead of a file in it. It may hold a password: no script
#: gets it.
ENV_DATABASE = "LAZULITE_DATABASE_URL"
#: Beginnings of variables that no job may find: the user's token, a server's options, its records' address.
SECRET_VARIABLES = (ENV_TOKEN, ENV_DATABASE, "LAZULITE_SERVE_", "LAZULITE_ADMIN_PASSWORD")


@dataclass(frozen=True)
class MetricLogged:
    KIND: ClassVar[str] = "metric"
    run_id: str
    metric: Metric


@dataclass(frozen=True)
class RunPatched:
    KIND: ClassVar[str] = "patch"
    run_id: str
    patch: RunPatch


@dataclass(frozen=True)
class CancelAsked:
    """`run.parent.cancel()` from inside a step."""

    KIND: ClassVar[str] = "cancel"
    run_id: str


OutboxLine = Union[MetricLogged, RunPatched, CancelAsked]
