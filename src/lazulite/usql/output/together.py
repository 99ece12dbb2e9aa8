"""All outputs of a script appear together or not at all.

Each is written under a temporary name beside its own; `commit` gives them their names when the script has succeeded.
A rename that fails undoes those before it.
"""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

from lazulite.usql.failures import UsqlRuntimeError


class Outputs:
    """The outputs of one script, as a context: what is not committed at its end is gone.

    >>> with Outputs() as outputs:
    ...     outputs.new(Path("result.csv")).write_text("1,2")
    ...     outputs.commit()
    """

    def __init__(self) -> None:
        self._token = uuid.uuid4().hex[:12]
        self._parts: dict[Path, Path] = {}
        self._folders: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in self._parts.values():
            part.unlink(missing_ok=True)
        for folder in reversed(self._folders):
            with contextlib.suppress(OSError):
                folder.rmdir()

    def new(self, target: Path) -> Path:
        """Where to write what becomes `target`; its folders are made.

        Raises `UsqlRuntimeError` if the script has an output of that name already, or it is a folder.
        """
        if target in self._parts:
            raise UsqlRuntimeError(f"two OUTPUT statements write {target}")
        if target.is_dir():
            raise UsqlRuntimeError(f"the output {target} is a folder")
        missing = [folder for folder in (target.parent, *target.parent.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            self._folders.append(folder)
        part = target.with_name(f".{target.name}.{self._token}.part")
        self._parts[target] = part
        return part

    def commit(self) -> None:
        """Give all their names, in place of what had them."""
        done: list[tuple[Path, Path | None]] = []
        try:
            for target, part in self._parts.items():
                before = target.with_name(f".{target.name}.{self._token}.before") if target.exists() else None
                if before is not None:
                    target.replace(before)
                    done.append((target, before))
                part.replace(target)
                if before is None:
                    done.append((target, None))
        except OSError as wrong:
            for target, before in reversed(done):
                target.unlink(missing_ok=True) if before is None else before.replace(target)
            raise UsqlRuntimeError(
                f"the outputs could not get their names, none of them is changed: {wrong}"
            ) from wrong
        for _, before in done:
            if before is not None:
                before.unlink()
        self._parts.clear()
        self._folders.clear()
