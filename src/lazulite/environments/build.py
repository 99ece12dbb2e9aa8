"""Builds a virtual environment for a content key, once, and finds it again.

<home>/environments/<key>.lock      held while one process builds
<home>/environments/<key>/venv/     the environment
<home>/environments/<key>/built.json  written last, by rename: without it the folder is a build that was killed
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from lazulite.environments import own_packages
from lazulite.environments.installer import Installer
from lazulite.environments.locking import exclusive
from lazulite.environments.masking import masked
from lazulite.environments.options import Option
from lazulite.environments.probe import Interpreter, probe
from lazulite.environments.requirements import Wanted
from lazulite.environments.running import Ended, Log
from lazulite.model import codec
from lazulite.model.errors import Corrupt, EnvironmentFailed

_MARKER = "built.json"
_LACKS = (
    "Of what Lazulite itself needs, {names} does not fit the step's requirements and is not installed. In this "
    "environment Run.get_context() and its logging work; Workspace, Datastore and other access to the system may not."
)


@dataclass(frozen=True)
class Built:
    """A finished environment. `fresh`: built by this call."""

    python: str
    notes: tuple[str, ...]
    fresh: bool


@dataclass(frozen=True)
class _Marker:
    version: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    """What is to be built: `name` is the definition's, for messages; `base` runs in the environment."""

    key: str
    name: str
    asked: Wanted
    base: Interpreter
    uv: str | None


def finished(environments: Path, key: str) -> Built | None:
    """Return the environment with that key if it was built to the end and its interpreter still runs; else None."""
    folder = environments / key
    python = folder / "venv" / "bin" / "python"
    try:
        marker = codec.loads(_Marker, (folder / _MARKER).read_bytes())
        # The interpreter is a link to the one it was made from, which may have been removed since.
        if not python.exists():
            return None
        if own_packages.supports(marker.version):
            own_packages.link(_site_packages(folder))
    except (OSError, Corrupt):
        return None
    return Built(str(python), marker.notes, fresh=False)


def build(order: Order, environments: Path, log: Log) -> Built:
    """Return the environment of the order's key, building it unless another process has done so meanwhile.

    Args:
        environments: The folder of all environments.
        log: Takes each line of the installer as it comes.

    Raises:
        EnvironmentFailed: it cannot be built. The message begins with what was asked, and holds the installer's
            own words. Nothing is left behind.
    """
    folder = environments / order.key
    try:
        environments.mkdir(mode=0o700, parents=True, exist_ok=True)
        with exclusive(environments / f"{order.key}.lock", log) as lock:
            ready = finished(environments, order.key)
            if ready is not None:
                return ready
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            try:
                return _build(order, folder, lock, log)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
    except OSError as error:
        raise EnvironmentFailed(f"{_title(order)}: {folder} cannot be written: {error}.") from error


def _build(order: Order, folder: Path, lock: int, log: Log) -> Built:
    installer = Installer(order.uv, folder, lock, log)
    _require(installer.create(order.base.path), order)
    if order.asked.requirements:
        constraints = [str(constraint) for constraint in order.asked.constraints]
        lines = [line.text for line in order.asked.requirements]
        _require(installer.install("requirements", lines, constraints, order.asked.options), order)
    notes = _add_own(order, installer, folder, log)
    marker = folder / f"{_MARKER}.new"
    marker.write_text(codec.dumps(_Marker(order.base.version, notes)), encoding="utf-8")
    marker.replace(folder / _MARKER)
    return Built(str(installer.python), notes, fresh=True)


def _add_own(order: Order, installer: Installer, folder: Path, log: Log) -> tuple[str, ...]:
    """Make our packages importable; the user's requirements are installed already and stay as they are."""
    if not own_packages.supports(order.base.version):
        return (
            f"Lazulite cannot be imported by Python {order.base.minor}: the script runs, and `import azureml` fails in it.",
        )
    kept = probe(str(installer.python), folder)
    theirs = own_packages.link(_site_packages(folder))
    notes = [f"The step's requirements bring a package {name!r}, which hides Lazulite's." for name in theirs]
    constraints = [f"{name}=={found.version}" for name, found in kept.installed.items()]
    indexes = tuple(option for option in order.asked.options if option.chooses_index)
    lacking = _install_own(installer, constraints, indexes)
    if lacking:
        notes.append(_LACKS.format(names=", ".join(lacking)))
        log(notes[-1])
    return tuple(notes)


def _install_own(
    installer: Installer, constraints: list[str], indexes: tuple[Option, ...]
) -> tuple[str, ...]:
    """Install what our packages need, all at once or else whatever fits; return what does not."""
    needed = own_packages.runtime_requirements()
    if not needed or installer.install("own", needed, constraints, indexes).status == 0:
        return ()
    ends = {text: installer.install("own", (text,), constraints, indexes) for text in needed}
    return tuple(text for text, ended in ends.items() if ended.status != 0)


def _require(ended: Ended, order: Order) -> None:
    if ended.status == 0:
        return
    how = "" if ended.status > 0 else f" (the installer was ended by signal {-ended.status})"
    raise EnvironmentFailed(
        f"{_title(order)} could not be installed{how}:\n{ended.words}",
        environment=order.name,
        requirements=[masked(line.text) for line in order.asked.requirements],
        python=order.base.version,
    )


def _title(order: Order) -> str:
    return f"{order.asked.asked} (environment {order.name!r}, Python {order.base.minor})"


def _site_packages(folder: Path) -> Path:
    with contextlib.suppress(StopIteration):
        return next((folder / "venv" / "lib").glob("python*/site-packages"))
    raise FileNotFoundError(f"{folder} holds no virtual environment")
