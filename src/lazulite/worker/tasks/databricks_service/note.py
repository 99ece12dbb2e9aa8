"""What a try of the step remembers for the next one: what was prepared, and which run was submitted.

The run itself is found again by its idempotency token, whatever was remembered: this spares a second upload, keeps a
cluster from being restarted under a run that is on it, and says what is to be taken away when the run is over.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from lazulite.model import codec
from lazulite.model.errors import Corrupt

_FILE = Path("logs", "azureml", "databricks_run.json")
_LONGEST_TOKEN = 64


@dataclass(frozen=True)
class Note:
    """What was done.

    Args:
        run: The run's id at Databricks.
        is_prepared: Its cluster needs no restart any more.
        folder: Where the step's files were brought, and
        files: … which, relative to it.
        keys: The secrets that were put into the scope.
    """

    run: int | None = None
    is_prepared: bool = False
    folder: str = ""
    files: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


def read(artifacts: Path) -> Note:
    """Return what is remembered; nothing if there is nothing, or it cannot be read."""
    try:
        return codec.loads(Note, (artifacts / _FILE).read_bytes())
    except (OSError, Corrupt):
        return Note()


def write(artifacts: Path, note: Note) -> None:
    """Remember `note`.

    Raises:
        OSError: it cannot be written.
    """
    path = artifacts / _FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    draft.write_text(codec.dumps(note), encoding="utf-8")
    draft.replace(path)


def token_of(run_id: str) -> str:
    """Return the idempotency token of a step run: the same for each of its tries, so that one run is made for all."""
    plain = f"lazulite-{run_id}"
    return plain if len(plain) <= _LONGEST_TOKEN else hashlib.sha256(run_id.encode()).hexdigest()
