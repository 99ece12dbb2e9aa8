"""The notebook task, behind `NotebookRunnerStep`: papermill runs the cells, and what they made is kept.

The executed notebook is written after each cell, so that it is there, up to the cell that failed, whatever happens.
"""

from __future__ import annotations

import logging
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from lazulite.model.errors import InvalidRequest, LazuliteError, PathEscapes
from lazulite.worker.tasks.kernels import describe_kernel
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.pages import write_page

_OUTPUTS = "outputs"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
#: Tags of cells that papermill adds.
_PARAMETERS, _ERROR = "injected-parameters", "papermill-error-cell-tag"


class CellFailed(LazuliteError):
    """A cell raised an exception: the user's own error, as a script's is."""

    code = "UserError"


def run(order: TaskOrder) -> None:
    """Run the step's notebook.

    Raises:
        CellFailed: a cell raised an exception, took too long, or ended its process; the message names the cell.
        InvalidRequest: papermill or the kernel is not installed, the notebook is not one of Python, or the value of a
            parameter is not of its type.
    """
    settings = order.settings
    papermill = _papermill()
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    source = Path(settings["notebook"])
    notebook = read_notebook(source)
    target = kept_as(settings["output"])
    target.parent.mkdir(parents=True, exist_ok=True)
    kernel = describe_kernel(order.interpreter, Path(order.job.folder) / "jupyter")
    logging.getLogger("papermill").setLevel(logging.ERROR)
    shows = bool(settings.get("log_output"))
    if shows:
        logging.basicConfig(stream=sys.stdout, format="%(message)s")
        logging.getLogger("papermill").setLevel(logging.INFO)
    count = sum(cell.cell_type == "code" for cell in notebook.cells)
    print(f"{source}: {count} cells of code, run by {order.interpreter}.", flush=True)
    try:
        papermill.execute_notebook(
            source,
            target,
            parameters=values(order),
            kernel_name=kernel,
            language="python",
            progress_bar=False,
            log_output=shows,
            stdout_file=None if shows else sys.stdout,
            stderr_file=None if shows else sys.stderr,
            cwd=settings.get("cwd"),
            execution_timeout=settings.get("timeout"),
        )
    except papermill.PapermillExecutionError as error:
        raise _failed(source, target, error) from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise _ended(source, target, error, settings.get("timeout")) from None
    finally:
        if target.exists():
            write_page(target)
    port = settings.get("output_port")
    if port:
        shutil.copyfile(target, order.outputs[port])


def values(order: TaskOrder) -> dict[str, Any]:
    """Return the notebook's variables: values as their author gave them, and the paths of inputs and outputs."""
    settings = order.settings
    found: dict[str, Any] = dict(settings["values"])
    for name, kind in settings["parameters"].items():
        if name in order.job.parameters:
            found[name] = _typed(name, order.job.parameters[name], kind)
    paths = {**order.inputs, **order.outputs}
    return found | {name: path for name, path in paths.items() if name != settings.get("output_port")}


def _typed(name: str, text: str, kind: str) -> Any:
    """A pipeline parameter's value, which travels as text, as what it was."""
    try:
        if kind == "bool":
            return _TRUTH[text.strip().lower()]
        return {"int": int, "float": float}.get(kind, str)(text)
    except (KeyError, ValueError):
        expected = {"bool": "True or False", "int": "a whole number", "float": "a number"}[kind]
        raise InvalidRequest(
            f"The parameter '{name}' is {text!r}. Expected {expected}, as the default that the pipeline gives it."
        ) from None


def kept_as(given: str) -> Path:
    """Return where the executed notebook is written: in the folder whose files are kept with the run.

    Raises:
        PathEscapes: it would be outside of it.
    """
    parts = [part for part in Path(given).parts if part != "."]
    if Path(given).is_absolute() or ".." in parts:
        raise PathEscapes(
            f"The executed notebook would be {given!r}. Give a name for it in the run's folder {_OUTPUTS}."
        )
    return Path(*parts) if parts[0] == _OUTPUTS else Path(_OUTPUTS, *parts)


def read_notebook(source: Path) -> Any:
    """Return a notebook of the snapshot.

    Raises:
        InvalidRequest: it is not there, cannot be read, or is of another language than Python.
    """
    import nbformat

    try:
        notebook = nbformat.read(source, as_version=4)
    except FileNotFoundError as error:
        raise InvalidRequest(
            f"The notebook '{source}' is not in the step's snapshot. Check that no ignore file (.amlignore, .gitignore) "
            "excludes it."
        ) from error
    except Exception as error:
        raise InvalidRequest(f"'{source}' is no notebook that can be read: {error}.") from error
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if str(language).lower() != "python":
        raise InvalidRequest(
            f"'{source}' is a notebook of {language}. A NotebookRunnerStep runs notebooks of Python."
        )
    return notebook


def _failed(source: Path, target: Path, error: Any) -> CellFailed:
    print("\n".join(_COLOURS.sub("", line) for line in error.traceback), file=sys.stderr, flush=True)
    number = _number(target, error.cell_index)
    said = f"{error.ename}: {error.evalue}".rstrip(".")
    return CellFailed(
        f"Cell {number} of {source} (In [{error.exec_count}]) failed: {said}. "
        f"The executed notebook is {target} among the run's files."
    )


def _ended(source: Path, target: Path, error: Exception, seconds: float | None) -> CellFailed:
    """For a cell whose process gave no answer."""
    import nbformat

    cells = nbformat.read(target, as_version=4).cells
    begun = [at for at, cell in enumerate(cells) if cell.metadata.get("papermill", {}).get("start_time")]
    where = f"Cell {_number(target, begun[-1])}" if begun else "A cell"
    what = (
        f"took more than the {seconds:g} seconds of the handler's timeout"
        if isinstance(error, TimeoutError)
        else "ended the process that runs the notebook: it was out of memory, or called os._exit"
    )
    return CellFailed(f"{where} of {source} {what}. The executed notebook is {target} among the run's files.")


def _number(target: Path, index: int) -> int:
    """The place of a cell in the notebook as its author knows it, counted from 1."""
    import nbformat

    tags = [cell.metadata.get("tags", ()) for cell in nbformat.read(target, as_version=4).cells]
    # papermill counts the cell with the parameters, and not those that it adds to tell of the error.
    counted = [tag for tag in tags if _ERROR not in tag][: index + 1]
    return len(counted) - sum(_PARAMETERS in tag for tag in counted)


def _papermill() -> Any:
    try:
        import papermill
    except ImportError as error:
        raise InvalidRequest(
            "Notebooks are run by papermill, which is not installed. Run: pip install 'lazulite[notebooks]'"
        ) from error
    return papermill
