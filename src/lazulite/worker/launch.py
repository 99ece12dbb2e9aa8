"""How a job's command is started: forked from a warm interpreter where that makes no difference, else afresh."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.model.plan import Action, RunScript, RunShell, RunTask
from lazulite.worker.bounds import Bounds, held
from lazulite.worker.fork_client import Unfit
from lazulite.worker.script_process import ScriptProcess, of_child

if TYPE_CHECKING:
    from lazulite.worker.warm import WarmInterpreters

_TASKS = "lazulite.worker.tasks"
_PYTHONS = frozenset({"python", "python3"})


@dataclass(frozen=True)
class Command:
    """What is started, where, and with which environment; `label` is what people call it.

    `script` is the Python script below `folder`, for a command that is the interpreter, the script and its arguments.
    """

    argv: tuple[str, ...]
    folder: Path
    variables: Mapping[str, str]
    label: str
    script: str | None = None


def command(
    action: Action, arguments: Sequence[str], interpreter: str, folder: Path, variables: Mapping[str, str]
) -> Command:
    """Return the command for an action.

    Raises:
        NotFound: the interpreter, the script or the program does not exist.
        InvalidRequest: the program is a file of the snapshot that is not executable.
    """
    if isinstance(action, RunScript):
        if not Path(interpreter).is_file():
            raise NotFound(
                f"The Python interpreter {interpreter!r} does not exist any more. Submit again from an environment "
                "that exists, or set the step's environment.python.interpreter_path."
            )
        if not (folder / action.script).is_file():
            raise NotFound(
                f"The script {action.script!r} is not in the step's snapshot. "
                "Check that no ignore file (.amlignore, .gitignore) excludes it."
            )
        return Command(
            (interpreter, action.script, *arguments), folder, variables, action.script, action.script
        )
    if isinstance(action, RunTask):
        # Lazulite's own interpreter, whatever the step's environment is.
        return Command((sys.executable, "-m", _TASKS), folder, variables, f"the {action.task} task")
    if isinstance(action, RunShell):
        return Command(("/bin/sh", "-c", action.text, "sh", *arguments), folder, variables, "the command")
    if not arguments:
        raise InvalidRequest("The step's command is empty. Expected a program and its arguments.")
    program = _program(arguments[0], interpreter, folder, variables)
    return Command((program, *arguments[1:]), folder, variables, arguments[0])


def start(
    command: Command, bounds: Bounds, warm: WarmInterpreters | None, say: Callable[[str], None]
) -> ScriptProcess:
    """Start the command in a process group of its own, with a pipe for each of stdout and stderr.

    Args:
        command: What is started.
        bounds: What its process is held to.
        warm: Interpreters to fork a script from; without them it gets a fresh process.
        say: Takes how it was started, in words.

    Raises:
        InvalidRequest: the system refuses to start it.
    """
    try:
        process, how = _start(command, bounds, warm)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidRequest(f"{command.argv[0]} could not be started: {reason}.{_advice(error)}") from error
    say(f"Started as process {process.pid}, {how}.")
    return process


def _start(command: Command, bounds: Bounds, warm: WarmInterpreters | None) -> tuple[ScriptProcess, str]:
    if warm is None:
        return _fresh(command, bounds), "a fresh one"
    try:
        return warm.start(command, bounds), "forked from a warm interpreter"
    except Unfit as reason:
        return _fresh(command, bounds), f"a fresh one: {reason}"


def _advice(error: OSError | ValueError) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOEXEC:
        return " A script needs a first line such as #!/bin/sh, or its interpreter as the first word of the command."
    if number == errno.EACCES:
        return " It must be executable by you."
    if number == errno.E2BIG:
        return " The arguments and environment variables are too long together: hand data over in files."
    return ""


def _fresh(command: Command, bounds: Bounds) -> ScriptProcess:
    out, out_end = os.pipe()
    err, err_end = os.pipe()
    try:
        with held(bounds):
            process = _popen(command, out_end, err_end)
    except BaseException:
        os.close(out)
        os.close(err)
        raise
    finally:
        os.close(out_end)
        os.close(err_end)
    return of_child(process, out, err)


def _popen(command: Command, out: int, err: int) -> subprocess.Popen[bytes]:
    if sys.version_info >= (3, 11):
        return subprocess.Popen(
            command.argv,
            cwd=command.folder,
            env=command.variables,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            process_group=0,
        )
    return subprocess.Popen(
        command.argv,
        cwd=command.folder,
        env=command.variables,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        preexec_fn=os.setpgrp,  # noqa: PLW1509 - a system call and nothing else
    )


def _program(name: str, interpreter: str, folder: Path, variables: Mapping[str, str]) -> str:
    if name in _PYTHONS and Path(interpreter).is_file():
        return interpreter
    own = folder / name
    if own.is_file() and os.access(own, os.X_OK):
        return str(own)
    found = shutil.which(name, path=variables.get("PATH"))
    if found:
        return found
    if own.is_file():
        raise InvalidRequest(
            f"{name!r} is a file of the step's snapshot but not executable. "
            f"Run `chmod +x {name}` in the source directory, or name the program that interprets it first."
        )
    raise NotFound(
        f"The program {name!r} was found neither in the step's snapshot nor on PATH ({variables.get('PATH', '')})."
    )
