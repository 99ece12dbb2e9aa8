"""What steps share whose work Lazulite itself does (`RunTask`): a transfer, a notebook, U-SQL, a Databricks job."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.plan import RunTask
from lazulite.sdk.steps.base import Author
from lazulite.sdk.steps.script_step import ScriptStep

if TYPE_CHECKING:
    from lazulite.graph.drafts import StepDraft


class TaskStep(ScriptStep):
    """A step that is done by a task of `lazulite.worker.tasks`.

    A subclass names the task in `_TASK` and the compute targets in `_RUNS_ON`, reads what it is given in `__init__`
    (`_prepare`, `_prepare_code`, `self._arguments`, `_claim_outputs`, as `PythonScriptStep` does), and gives
    `_settings`.
    """

    _TASK: ClassVar[str]

    @property
    def _has_code(self) -> bool:
        """Whether a source directory is taken along; without one the current directory is not taken either."""
        return self._source_directory is not None

    @property
    def _takes_current_directory(self) -> bool:
        return False

    @abstractmethod
    def _settings(self, folder: Path | None, problems: list[str]) -> Mapping[str, Any]:
        """Return the settings of the task, JSON without secrets; a sentence in `problems` for each mistake."""

    def _draft(self, author: Author) -> StepDraft:
        problems: list[str] = []
        folder = self._folder(author, problems) if self._has_code else None
        settings = self._settings(folder, problems)
        return self._filled_draft(author, RunTask(self._TASK, settings), self._arguments, problems, folder)
