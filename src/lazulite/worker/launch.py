"""How a job's command is started: the one place that makes the process.

Today a fresh process for each. Another way to start (a fork of a warm interpreter) would be another `start` here.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.model.plan import Action, RunScript, RunShell

_PYTHONS = frozenset({"python", "python3"})


@dataclass(frozen=True)
class Command:
    """What is started, where, and with which environment; `label` is what people call it."""

    argv: tuple[str, ...]
    folder: Path
    variables: Mapping[str, str]
    label: str


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
        return Command((interpreter, action.script, *arguments), folder, variables, action.script)
    if isinstance(action, RunShell):
        return Command(("/bin/sh", "-c", action.text, "sh", *arguments), folder, variables, "the command")
    if not arguments:
        raise InvalidRequest("The step's command is empty. Expected a program and its arguments.")
    program = _program(arguments[0], interpreter, folder, variables)
    return Command((program, *arguments[1:]), folder, variables, arguments[0])


def start(command: Command) -> subprocess.Popen[bytes]:
    """Start the command in a process group of its own, with a pipe for each of stdout and stderr.

    Raises:
        InvalidRequest: the system refuses to start it.
    """
    try:
        return _start(command)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidRequest(f"{command.argv[0]} could not be started: {reason}.{_advice(error)}") from error


def _advice(error: OSError | ValueError) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOEXEC:
        return " A script needs a first line such as #!/bin/sh, or its interpreter as the first word of the command."
    if number == errno.EACCES:
        return " It must be executable by you."
    if number == errno.E2BIG:
        return " The arguments and environment variables are too long together: hand data over in files."
    return ""


def _start(command: Command) -> subprocess.Popen[bytes]:
    if sys.version_info >= (3, 11):
        return subprocess.Popen(
            command.argv,
            cwd=command.folder,
            env=command.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
        )
    return subprocess.Popen(
        command.argv,
        cwd=command.folder,
        env=command.variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=os.setpgrp,  # noqa: PLW1509 - no other thread runs yet
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
