"""How a notebook is executed. v1: the handlers of `azureml.contrib.notebook`."""

from __future__ import annotations

from typing import Any

from lazulite.sdk.exceptions import UserErrorException


class NotebookExecutionHandler:
    """How a notebook is executed. Papermill does it; a handler says what it is told.

    v1: `azureml.contrib.notebook.NotebookExecutionHandler`.
    """

    def _settings(self) -> dict[str, Any]:
        return {}


class AzureMLNotebookHandler(NotebookExecutionHandler):
    """How papermill executes a notebook. v1: `azureml.contrib.notebook.AzureMLNotebookHandler`.

    Args:
        history: Kept; metrics that the notebook logs are always kept with the run.
        timeout: How many seconds one cell may take; without it as long as it likes.
        progress_bar: Kept; the log shows what the cells print.
        log_output: Whether the log also shows the text of what cells display, not only what they print.
        kernel_name: Kept; the kernel is always the Python of the step's environment.
        cwd: The folder in which the notebook runs, relative to the source directory; without it that one.

    Raises:
        UserErrorException: a value cannot be used.
    """

    def __init__(
        self,
        history: bool = True,
        timeout: float | None = None,
        progress_bar: bool = True,
        log_output: bool = False,
        kernel_name: str | None = None,
        cwd: str | None = None,
    ) -> None:
        if timeout is not None and (
            isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or timeout <= 0
        ):
            raise UserErrorException(f"timeout is {timeout!r}. Expected a number of seconds for each cell.")
        self.history = history
        self.timeout = timeout
        self.progress_bar = progress_bar
        self.log_output = bool(log_output)
        self.kernel_name = kernel_name
        self.cwd = cwd

    def _settings(self) -> dict[str, Any]:
        return {"timeout": self.timeout, "log_output": self.log_output, "cwd": self.cwd}
