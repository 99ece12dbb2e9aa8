"""Which notebook runs, and how. v1: `azureml.contrib.notebook.NotebookRunConfig`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.notebooks.handlers import AzureMLNotebookHandler, NotebookExecutionHandler
from lazulite.sdk.script_run_config import ScriptRunConfig

if TYPE_CHECKING:
    from lazulite.sdk.run_configuration import RunConfiguration


class NotebookRunConfig(ScriptRunConfig):
    """A notebook with all it needs to run, for a `NotebookRunnerStep`.

    Args:
        source_directory: The folder with the notebook and what it uses.
        notebook: The notebook, relative to it.
        output_notebook: What the executed notebook is called among the run's files; without it as the notebook. It is
            in their folder `outputs`, and beside it the same as a page (`.html`).
        parameters: Values for the notebook: they are set in a cell behind the one tagged `parameters`, or before all
            others where none is. Numbers, text, True and False, None, lists and dicts of them, PipelineParameters.
        handler: How it is executed.
        run_config: The environment and more, as for a script.

    Raises:
        UserErrorException: a value cannot be used.

    Example:
        `NotebookRunConfig("src", "train.ipynb", parameters={"rate": 0.1})`
    """

    def __init__(
        self,
        source_directory: str,
        notebook: str,
        output_notebook: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        handler: NotebookExecutionHandler | None = None,
        run_config: RunConfiguration | None = None,
        _telemetry_values: Any = None,
    ) -> None:
        super().__init__(source_directory, run_config=run_config)
        self.notebook = _name("notebook", notebook)
        self.output_notebook = None if output_notebook is None else _name("output_notebook", output_notebook)
        if parameters is not None and not isinstance(parameters, Mapping):
            raise UserErrorException(f"parameters is {parameters!r}. Expected a dict: {{'name': value}}.")
        self.parameters = dict(parameters or {})
        if handler is not None and not isinstance(handler, NotebookExecutionHandler):
            raise UserErrorException(f"handler is {handler!r}. Expected an AzureMLNotebookHandler.")
        self.handler = handler or AzureMLNotebookHandler()

    def __repr__(self) -> str:
        return f"NotebookRunConfig({self.source_directory!r}, notebook={self.notebook!r})"


def _name(keyword: str, given: Any) -> str:
    text = os.fspath(given) if isinstance(given, (str, os.PathLike)) else ""
    if not text.endswith(".ipynb"):
        raise UserErrorException(
            f"{keyword} is {given!r}. Expected the name of a notebook, which ends in .ipynb."
        )
    return text
