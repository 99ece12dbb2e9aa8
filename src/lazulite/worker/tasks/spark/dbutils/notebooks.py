"""`dbutils.notebook`: ending a notebook with a value, running another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class NotebookExit(BaseException):
    """The notebook ends here, and well. Not an `Exception`: code that catches all of these must not keep it from it."""

    def __init__(self, value: str) -> None:
        super().__init__(value)
        self.value = value


class Notebooks:
    """Other notebooks, and the end of this one."""

    def __init__(self, run: Callable[[str, float, dict[str, Any]], str], path: str) -> None:
        self._run = run
        self._path = path

    def exit(self, value: Any = "") -> None:
        """End the notebook; `value` is what `dbutils.notebook.run` returns to its caller, and a property of the step's run."""
        raise NotebookExit(str(value))

    def run(self, path: str, timeout_seconds: float = 0, arguments: Mapping[str, Any] | None = None) -> str:
        """Run another notebook, with names and widgets of its own; return what it exits with.

        Args:
            path: Relative to this notebook, or a path as in `notebook_path`.
            timeout_seconds: Seconds after which it fails; 0: never.
            arguments: Its widgets.
        """
        return self._run(path, timeout_seconds, dict(arguments or {}))

    @property
    def entry_point(self) -> _Entry:
        """What notebooks ask for their own path."""
        return _Entry(self._path)


class _Entry:
    def __init__(self, path: str) -> None:
        self._path = path

    def getDbutils(self) -> _Entry:  # noqa: N802
        return self

    def notebook(self) -> _Entry:
        return self

    def getContext(self) -> _Context:  # noqa: N802
        return _Context(self._path)


class _Context:
    def __init__(self, path: str) -> None:
        self._path = path

    def notebookPath(self) -> _Option:  # noqa: N802
        return _Option(self._path)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"The context of a notebook on this machine has notebookPath(), and no {name}()."
        )


class _Option:
    def __init__(self, value: str) -> None:
        self._value = value

    def get(self) -> str:
        return self._value

    getOrElse = get  # noqa: N815 - Scala's name
