"""From an environment definition to the interpreter that a step runs with."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from lazulite.environments import interpreters
from lazulite.environments.build import Order, build, finished
from lazulite.environments.key import environment_key, key_of
from lazulite.environments.probe import probe
from lazulite.environments.requirements import wanted
from lazulite.environments.running import Log, find_uv
from lazulite.environments.satisfied import lacking
from lazulite.model.environment import EnvironmentSpec
from lazulite.model.errors import EnvironmentFailed


@dataclass(frozen=True)
class Resolved:
    """The interpreter for a definition, and how it was come by.

    `how` is "current" (the interpreter at hand will do), "built" (just now), "cached" (built earlier) or
    "user-managed". `notes` are sentences for people: what was asked for and could not be done here.
    """

    interpreter: str
    key: str
    how: str
    notes: tuple[str, ...] = ()


def resolve(spec: EnvironmentSpec, interpreter: str, home: Path, log: Log) -> Resolved:
    """Return an interpreter that has what `spec` asks for, building an environment if there is none.

    Args:
        spec: The definition.
        interpreter: The interpreter at hand, usually that of whoever submitted the run.
        home: The home folder; environments are kept in `home/environments`, by content key.
        log: Takes one line at a time while something is searched or built; silent if nothing is.

    Raises:
        EnvironmentFailed: the definition cannot be read, no interpreter fits its Python pin, or the installer gave
            up. The message begins with what was asked and holds the installer's own words.
    """
    cache = home / "cache" / "interpreters"
    notes = _container_notes(spec)
    if spec.user_managed:
        return _user_managed(spec, interpreter, cache, notes)
    asked = wanted(spec)
    notes += asked.notes
    base = probe(_program(interpreter), cache)
    reasons = lacking(asked, base)
    if spec.python is not None:
        pin = interpreters.read_pin(spec.python)
        if not pin.fits(base.version):
            reasons = (f"Python {pin.text} is asked for and the interpreter is {base.version}", *reasons)
            base = interpreters.find(pin, base, cache, find_uv(base.path), log)
    key = key_of(asked, base.version)
    if not reasons:
        return Resolved(base.path, key, "current", notes)
    environments = home / "environments"
    ready = finished(environments, key)
    if ready is None:
        log(f"Environment {spec.name!r} needs one of its own: {'; '.join(reasons)}.")
        try:
            order = Order(key, spec.name, asked, base, find_uv(base.path))
            ready = build(order, environments, log)
        except EnvironmentFailed:
            for note in notes:
                log(note)
            raise
    return Resolved(ready.python, key, "built" if ready.fresh else "cached", notes + ready.notes)


def _user_managed(spec: EnvironmentSpec, interpreter: str, cache: Path, notes: tuple[str, ...]) -> Resolved:
    found = probe(_program(spec.interpreter_path or interpreter), cache)
    return Resolved(found.path, environment_key(spec, found.version), "user-managed", notes)


def _program(interpreter: str) -> str:
    """Return the path of an interpreter given as a path or as a program's name."""
    path = os.path.expanduser(interpreter)  # noqa: PTH111 - a bare name stays a bare name
    found = path if os.sep in path else shutil.which(path)
    if found is None:
        raise EnvironmentFailed(
            f"There is no program {interpreter!r} on this machine's PATH. "
            "Set the environment's python.interpreter_path to the path of a Python interpreter."
        )
    return found


def _container_notes(spec: EnvironmentSpec) -> tuple[str, ...]:
    given = [f"the image {spec.image!r}"] if spec.image else []
    if spec.dockerfile:
        given.append("a Dockerfile")
    if not given:
        return ()
    how = (
        "its Python interpreter is this machine's"
        if spec.user_managed
        else "its Python packages are installed here"
    )
    note = (
        f"Environment {spec.name!r} names {' and '.join(given)}. This compute runs no containers: {how}, "
        "and what else the image holds is not there."
    )
    return (note,)
