"""The two programs that can make a virtual environment and fill it: uv, and Python's own venv and pip."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from lazulite.environments import options, pip_settings
from lazulite.environments.options import Option
from lazulite.environments.running import Ended, Log, run


class Installer:
    """Works in one environment's folder.

    Args:
        uv: The uv program, or None to use venv and pip.
        folder: The environment's folder; requirement lists are kept there too.
        lock: A descriptor that the programs inherit, see `locking.exclusive`.
    """

    def __init__(self, uv: str | None, folder: Path, lock: int, log: Log) -> None:
        self._uv = uv
        self._folder = folder
        self._lock = lock
        self._log = log
        self.python = folder / "venv" / "bin" / "python"

    def create(self, base: str) -> Ended:
        """Make the empty environment, run by the interpreter `base`."""
        place = str(self._folder / "venv")
        if self._uv:
            return self._run((self._uv, "venv", "--no-project", "--python", base, place))
        return self._run((base, "-m", "venv", place))

    def install(
        self, name: str, lines: Iterable[str], constraints: Sequence[str], chosen: Sequence[Option]
    ) -> Ended:
        """Install requirement lines, bound by constraints. They go through a file, never on the command line.

        Args:
            name: What the files with the lines are called.
        """
        arguments = ["-r", str(self._written(f"{name}.txt", lines))]
        if constraints:
            arguments += ["-c", str(self._written(f"{name}.constraints.txt", constraints))]
        if self._uv:
            program = (
                self._uv,
                "pip",
                "install",
                "--no-progress",
                "--color=never",
                "--python",
                str(self.python),
            )
            return self._run((*program, *arguments, *options.for_uv(chosen)))
        pip = (str(self.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
        return self._run((*pip, "--progress-bar=off", *arguments, *options.for_pip(chosen)))

    def _written(self, name: str, lines: Iterable[str]) -> Path:
        path = self._folder / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        path.chmod(0o600)  # an index's address may hold a token
        return path

    def _run(self, argv: Sequence[str]) -> Ended:
        more = pip_settings.variables_for_uv(os.environ) if self._uv else None
        return run(argv, self._log, self._folder, held=(self._lock,), more=more)
