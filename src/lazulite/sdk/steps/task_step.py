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
    def _takes_current_directory(self) -> bool:
        return False

    @abstractmethod
    def _settings(self, folder: Path | None, problems: list[str]) -> Mapping[str, Any]:
        """Return the settings of the task, JSON without secrets; a sentence in `problems` for each mistake."""

    def _incidental(self) -> Mapping[str, Any]:
        """Return more settings, which do not count for reuse."""
        return {}

    def _script(self, settings: Mapping[str, Any]) -> str:
        """Return the file of the snapshot that the task works on, "" if none."""
        return ""

    def _code_folder(self, author: Author, problems: list[str]) -> Path | None:
        """Return the folder that is taken along; without a source directory the current directory is not taken either."""
        return self._folder(author, problems) if self._source_directory is not None else None

    def _refuse_shared_names(self, keyword: str, would_be: str) -> None:
        """Refuse a name that stands for a parameter and for data.

        Args:
            keyword: The keyword with the parameters.
            would_be: What both would be in the user's code, `{}` for the name.

        Raises:
            ValueError: there is one.
        """
        data = {one.name for one in (*self._declared.inputs, *self._declared.outputs)}
        shared = sorted(data & set(self._reader.named))
        if shared:
            raise ValueError(
                f"Step '{self.name}' has '{shared[0]}' in {keyword} and among its inputs and outputs. Both would be "
                f"{would_be.format(shared[0])}: rename one."
            )

    def _draft(self, author: Author) -> StepDraft:
        problems: list[str] = []
        folder = self._code_folder(author, problems)
        settings = self._settings(folder, problems)
        action = RunTask(self._TASK, settings, self._incidental(), self._script(settings))
        return self._filled_draft(author, action, self._arguments, problems, folder)
