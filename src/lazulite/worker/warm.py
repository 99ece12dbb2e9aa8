"""The warm interpreters of a node, and which script is forked from which.

One is kept for each environment: an interpreter, the variables it starts with, and what it has loaded beforehand. What
differs from job to job (v1's and Lazulite's own variables) is set in the fork. Where a fork could be told from
`python script.py`, the script gets a fresh process; every reason is told, for the job's log.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from lazulite.worker import fork_client
from lazulite.worker.bounds import Bounds
from lazulite.worker.fork_client import Order, Unfit, WarmInterpreter
from lazulite.worker.launch import Command
from lazulite.worker.preloads import Preloads
from lazulite.worker.script_process import ScriptProcess

#: The variable of a step's environment, or of the machine, that asks for a fresh process for each script.
ENV_FRESH = "LAZULITE_FRESH_PROCESS"
#: Variables of one job: no interpreter looks at them when it starts.
_OF_A_JOB = ("AZUREML_", "AML_", "LAZULITE_")
#: Variables that make an interpreter, from its start on, do something that belongs to one script.
_STARTING = (
    "COVERAGE_PROCESS_START",
    "LD_PRELOAD",
    "PYTHONINSPECT",
    "PYTHONPROFILEIMPORTTIME",
    "PYTHONTRACEMALLOC",
)
_MOST = 4  # interpreters kept
_IDLE_SECONDS = 30.0  # how long one that has modules loaded is kept without a script
_TRIES = 2
_NO = frozenset({"", "0", "false", "no"})


class _Key(NamedTuple):
    interpreter: str
    variables: tuple[tuple[str, str], ...]
    modules: tuple[str, ...]


class WarmInterpreters:
    """Used by one thread. `log` takes lines for the node's log."""

    def __init__(self, log: Callable[[str], None] = lambda _: None) -> None:
        self._log = log
        self._kept: OrderedDict[_Key, WarmInterpreter] = OrderedDict()
        self._used: dict[_Key, float] = {}
        self._unfit: dict[_Key, str] = {}
        self._preloads = Preloads()

    def start(self, command: Command, bounds: Bounds) -> ScriptProcess:
        """Fork for the command's script.

        Raises:
            Unfit: it must have a fresh process.
            OSError: the system refuses to start a process.
        """
        reason = _why_fresh(command)
        if reason:
            raise Unfit(reason)
        for _ in range(_TRIES):
            key, interpreter = self._for(command)
            try:
                return interpreter.start(_order(command, bounds))
            except ConnectionError:  # somebody killed it
                self._drop(key, "is gone")
        raise Unfit("its warm interpreter was lost more than once")

    def pids(self) -> frozenset[int]:
        """The processes kept."""
        return frozenset(kept.pid for kept in self._kept.values())

    def trim(self) -> None:
        """End those that hold modules in memory and were not used lately."""
        now = time.monotonic()
        for key in [key for key in self._kept if key.modules and now - self._used[key] > _IDLE_SECONDS]:
            self._drop(key, f"was not used for {_IDLE_SECONDS:g} s and is ended")

    def close(self) -> None:
        """End all."""
        for kept in self._kept.values():
            kept.close()
        self._kept.clear()

    def _for(self, command: Command) -> tuple[_Key, WarmInterpreter]:
        base = _Key(command.argv[0], _starting(command.variables), ())
        script = command.folder / command.argv[1]
        modules = self._preloads.choose(script, command.variables)
        if modules:
            key = base._replace(modules=modules)
            try:
                interpreter = self._get(key)
            except Unfit:
                return base, self._get(base)
            if interpreter.hides(str(script.parent)) is None:
                return key, interpreter
        return base, self._get(base)

    def _get(self, key: _Key) -> WarmInterpreter:
        if key in self._unfit:
            raise Unfit(self._unfit[key])
        kept = self._kept.get(key)
        if kept is not None and not kept.is_current():
            self._drop(key, "is not what is installed any more")
            kept = None
        if kept is None:
            kept = self._open(key)
        self._kept.move_to_end(key)
        self._used[key] = time.monotonic()
        return kept

    def _open(self, key: _Key) -> WarmInterpreter:
        if len(self._kept) >= _MOST:
            self._drop(next(iter(self._kept)), "makes room for another one")
        began = time.monotonic()
        try:
            opened = WarmInterpreter(key.interpreter, dict(key.variables), key.modules)
        except Unfit as reason:
            self._unfit[key] = str(reason)
            self._log(f"No warm interpreter: {reason}.")
            raise
        self._kept[key] = opened
        loaded = f", with {' '.join(key.modules)} loaded" if key.modules else ""
        milliseconds = 1000 * (time.monotonic() - began)
        self._log(
            f"Warm interpreter {key.interpreter} (process {opened.pid}){loaded}: {milliseconds:.0f} ms."
        )
        return opened

    def _drop(self, key: _Key, why: str) -> None:
        dropped = self._kept.pop(key)
        dropped.close()
        self._log(f"Warm interpreter {key.interpreter} (process {dropped.pid}) {why}.")


def _why_fresh(command: Command) -> str:
    """Why the command needs a process of its own; empty if it does not."""
    variables = command.variables
    if command.script is None:
        return "it is a command"
    reasons = (
        (not fork_client.is_possible(), "this system does not fork safely"),
        (variables.get(ENV_FRESH, "").lower() not in _NO, f"{ENV_FRESH} asks for it"),
        (not command.script.endswith(".py"), f"{command.script} is not a .py file"),
        (_has_relative(variables.get("PYTHONPATH")), "PYTHONPATH names a folder relative to the script's"),
        *((bool(variables.get(name)), f"{name} is set") for name in _STARTING),
    )
    return next((reason for applies, reason in reasons if applies), "")


def _has_relative(path: str | None) -> bool:
    return path is not None and any(place[:1] != "/" for place in path.split(os.pathsep))


def _real(folder: Path) -> str:
    """The path as the system tells it to a process that is there; a job's own folders are no links."""
    return f"{_real_parent(folder.parent.parent)}/{folder.parent.name}/{folder.name}"


@lru_cache
def _real_parent(folder: Path) -> str:
    return os.path.realpath(folder)


def _starting(variables: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(item for item in variables.items() if not item[0].startswith(_OF_A_JOB)))


def _order(command: Command, bounds: Bounds) -> Order:
    script = command.argv[1]
    folder = _real(command.folder)
    own = {name: value for name, value in command.variables.items() if name.startswith(_OF_A_JOB)}
    file = f"{folder}/{script.removeprefix('./')}"
    place = os.path.realpath(file) if os.path.islink(file) else file
    return Order(folder, command.argv[1:], file, place.rpartition("/")[0], own, bounds)
