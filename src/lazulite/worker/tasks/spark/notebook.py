"""Running a notebook: each cell by its language, in one set of names, until the end, an exit or an error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.spark import display, failures, magics
from lazulite.worker.tasks.spark.dbutils import DBUtils, NotebookExit, Widgets, made
from lazulite.worker.tasks.spark.kernel import Kernel, as_main, names_for, offer_dbutils
from lazulite.worker.tasks.spark.notebook_search import find_notebook, with_ending
from lazulite.worker.tasks.spark.notebook_source import Cell, read_notebook
from lazulite.worker.tasks.spark.python_code import compiled
from lazulite.worker.tasks.spark.refusing import refuse_unsupported
from lazulite.worker.tasks.spark.time_limit import time_limit

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_DEEPEST = 20  # notebooks that run notebooks


@dataclass
class Done:
    """A cell that was run, and what it showed."""

    cell: Cell
    outputs: list[dict[str, Any]] = field(default_factory=list)


class NotebookRun:
    """One notebook with names of its own.

    Args:
        kernel: What the notebooks of the step share.
        file: Its file.
        widgets: What it is given.
        on_cell: Called after each cell, and when one has failed.
        spark: Its session, if not the step's.
        depth: How many notebooks wait for this one.
    """

    def __init__(
        self,
        kernel: Kernel,
        file: Path,
        widgets: Mapping[str, str],
        on_cell: Callable[[list[Done], list[Cell]], None] = lambda *_: None,
        spark: SparkSession | None = None,
        depth: int = 0,
    ) -> None:
        self.done: list[Done] = []
        self._kernel = kernel
        self._file = file
        self._cells = read_notebook(file)
        self._on_cell = on_cell
        self._session = spark
        self._depth = depth
        self._widgets = Widgets(widgets)
        path = str(file.with_suffix(""))
        self.dbutils: DBUtils = made(self._widgets, kernel.files, kernel.secrets, self._run_other, path)

    @property
    def cells(self) -> Sequence[Cell]:
        """Its cells."""
        return self._cells

    @property
    def _spark(self) -> SparkSession:
        return self._session or self._kernel.spark

    def check(self) -> None:
        """Refuse what does not run here, in this notebook and those that it runs with %run, before anything does.

        Raises:
            InvalidRequest: a cell is in a language, or uses a magic, that does not run here.
            NotFound: a notebook of a %run is not there.
        """
        self._check(self._file, self._cells, frozenset())

    def run(self) -> str | None:
        """Run all cells; return what the notebook exits with, None if it just ends.

        Raises:
            UserCodeFailed: a cell raised an exception.
        """
        module = as_main(names_for(self._kernel, self._spark, self.dbutils))
        vars(module)["__file__"] = str(self._file)
        offer_dbutils(self.dbutils)
        for cell in self._cells:
            done = Done(cell, self._kernel.recording.begin() if self._depth == 0 else [])
            self.done.append(done)
            try:
                self._run_cell(cell, self._file, module)
            except NotebookExit as end:
                self._kernel.recording.show({"text/plain": f"Notebook exited: {end.value}"})
                return end.value
            finally:
                self._on_cell(self.done, self._cells)
        return None

    def _run_cell(self, cell: Cell, file: Path, module: ModuleType) -> None:
        where = f"{file.name}, {cell.where}"
        try:
            self._dispatch(cell, file, module, f"{file.name}, cell {cell.number}")
        except (NotebookExit, failures.UserCodeFailed):
            raise
        except BaseException as error:
            trace = failures.trimmed(error)
            self._kernel.recording.error(type(error).__name__, failures.words_of(error), trace)
            if not isinstance(error, (Exception, SystemExit)):
                raise  # the step is to end
            if isinstance(error, SystemExit) and error.code in (None, 0):
                raise NotebookExit("") from None
            shown = self._kernel.recording.secrets.without
            told = failures.of_code(error, where).message
            raise failures.UserCodeFailed(shown(told), traceback=shown(trace)) from None

    def _dispatch(self, cell: Cell, file: Path, module: ModuleType, name: str) -> None:
        names = vars(module)
        if cell.language == "python":
            self._run_python(cell, name, names)
        elif cell.language == "sql":
            result = magics.run_sql(self._spark, cell.text, self._widgets.getAll())
            if result is not None:
                names["_sqldf"] = result
                if result.columns:
                    self._kernel.recording.show(display.bundle_of(result))
        elif cell.language == "sh":
            magics.run_shell(cell.text)
        elif cell.language == "pip":
            magics.run_pip(cell.arguments, self._kernel.add_packages)
        elif cell.language == "fs":
            magics.run_fs(cell.arguments, self._kernel.files, self._kernel.recording)
        elif cell.language == "run":
            self._run_here(cell, file, module)

    def _run_python(self, cell: Cell, name: str, names: dict[str, Any]) -> None:
        code, last = compiled(cell.text, name, shows=True)
        exec(code, names)  # noqa: S102 - what a notebook is
        if last is not None:
            value = eval(last, names)  # noqa: S307
            if value is not None:
                names["_"] = value
                self._kernel.recording.show(display.bundle_of(value))
        for figure in display.figures():
            self._kernel.recording.show(figure)

    def _run_here(self, cell: Cell, file: Path, module: ModuleType) -> None:
        """%run: another notebook's cells, in this one's names."""
        path, values = magics.run_arguments(cell.arguments)
        self._widgets.given.update(values)
        other = self._found(path, file)
        for inner in read_notebook(other):
            self._run_cell(inner, other, module)

    def _run_other(self, path: str, timeout_seconds: float, arguments: dict[str, Any]) -> str:
        """dbutils.notebook.run: another notebook, in names and a session of its own."""
        if self._depth >= _DEEPEST:
            raise InvalidRequest(f"{_DEEPEST} notebooks run each other: {path!r} is not run too.")
        widgets = {name: str(value) for name, value in arguments.items()}
        file = self._found(path, self._file)
        session = self._spark.newSession()
        other = NotebookRun(self._kernel, file, widgets, spark=session, depth=self._depth + 1)
        other.check()
        before = sys.modules["__main__"]
        try:
            with time_limit(timeout_seconds, f"The notebook {path}"), self._jobs_of(other):
                return other.run() or ""
        finally:
            sys.modules["__main__"] = before
            offer_dbutils(self.dbutils)

    @contextmanager
    def _jobs_of(self, other: NotebookRun) -> Iterator[None]:
        """Jobs of Spark that begin in this thread within the block are cancelled if it fails, as when its time is over."""
        context = self._spark.sparkContext
        tag = f"notebook-{id(other)}"
        context.addJobTag(tag)
        try:
            yield
        except Exception:
            context.cancelJobsWithTag(tag)
            raise
        finally:
            context.removeJobTag(tag)

    def _found(self, path: str, file: Path) -> Path:
        near = None if path.startswith("/") else with_ending(file.parent / path)
        return near or find_notebook(path, [file.parent, *self._kernel.folders])

    def _check(self, file: Path, cells: list[Cell], above: frozenset[Path]) -> None:
        refuse_unsupported(file.name, cells, shell=self._kernel.shell)
        for cell in cells:
            if cell.language == "run":
                other = self._found(magics.run_arguments(cell.arguments)[0], file)
                if other in above | {file}:
                    raise InvalidRequest(
                        f"{file.name}, {cell.where}: %run of {other.name}, which runs this one."
                    )
                self._check(other, read_notebook(other), above | {file})


def no_other_notebook(kernel: Kernel, widgets: Mapping[str, str]) -> DBUtils:
    """Return the `dbutils` of a script, which runs no notebooks."""

    def refused(path: str, _seconds: float, _arguments: dict[str, Any]) -> str:
        raise InvalidRequest(f"A script runs no notebooks: {path!r} would have to be run by one.")

    return made(Widgets(widgets), kernel.files, kernel.secrets, refused, "")
