"""A step that runs a U-SQL script. v1: `azureml.pipeline.steps.AdlaStep`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from lazulite.model.adla import ACCOUNT_TYPE, TASK, AdlaWork
from lazulite.model.errors import InvalidRequest
from lazulite.model.plan import Literal
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.steps.base import Author
from lazulite.sdk.steps.script_step import inside
from lazulite.sdk.steps.task_step import TaskStep


class AdlaStep(TaskStep):
    """Run a U-SQL script, on this machine, as Azure Data Lake Analytics did.

    In the script `@@name@@` stands for the path of the input or output of that name, or for the value of the entry of
    `params`. Other paths are in the account's store: see `docs/how-to/move-u-sql.md`. Python that stands for the
    script's C# is in `usql_udos.py` of the source directory.

    Args:
        script_name: The U-SQL script, relative to `source_directory`.
        name: The step's name; without it `script_name`.
        inputs: Data it reads.
        outputs: Data it writes. One that the script writes as a file (`OUTPUT … TO "@@out@@"`) is a file, one in which
            it writes files (`"@@out@@/a.csv"`) is a folder.
        params: Name to value; a value may be a PipelineParameter. True and False are written as C# has them.
        degree_of_parallelism: How many threads compute; without it all cores. Below 1 counts as 1. Like the two that
            follow it does not count for reuse.
        priority: Its place in the account's queue; recorded, without effect.
        runtime_version: The version of the U-SQL engine; recorded, without effect.
        compute_target: An AdlaCompute, its name, or a pair of name and type.
        source_directory: The folder with the script.
        allow_reuse: Whether the outputs of an earlier run that did the same work may be taken.
        version: Any text; another text makes the step run again.
        hash_paths: Files and folders that count for reuse besides the script; without it every file of the folder.

    Raises:
        ValueError: a value cannot be used. Mistakes that show only in the whole, such as a missing script or a name in
            it that stands for nothing, are reported by `Pipeline(...)`, all at once.

    Example:
        `AdlaStep("daily.usql", inputs=[log], outputs=[daily], params={"region": "en-gb"}, compute_target=adla,
        source_directory="usql")`, and in the script `EXTRACT … FROM "@@log@@" …; OUTPUT @x TO "@@daily@@" …`
    """

    _TASK: ClassVar[str] = TASK
    _RUNS_ON: ClassVar[tuple[str, ...]] = (ACCOUNT_TYPE.lower(),)
    _RUNS_ON_WORDS: ClassVar[str] = "an AdlaCompute"

    def __init__(
        self,
        script_name: str,
        name: str | None = None,
        inputs: Any = None,
        outputs: Any = None,
        params: Mapping[str, Any] | None = None,
        degree_of_parallelism: int | None = None,
        priority: int | None = None,
        runtime_version: str | None = None,
        compute_target: Any = None,
        source_directory: str | os.PathLike[str] | None = None,
        allow_reuse: bool = True,
        version: str | None = None,
        hash_paths: Any = None,
    ) -> None:
        if not isinstance(script_name, str) or not script_name:
            raise ValueError(f"script_name is {script_name!r}. Expected the name of a U-SQL script.")
        self._prepare(
            script_name if name is None else name, inputs, outputs, None, params, rename_shared=False
        )
        if compute_target is None:
            raise self._refused("compute_target", None, "an AdlaCompute")
        self._prepare_code(
            compute_target=compute_target,
            target=None,
            runconfig=None,
            runconfig_pipeline_params=None,
            source_directory=source_directory,
            allow_reuse=allow_reuse,
            version=version,
            hash_paths=hash_paths,
        )
        self._refuse_shared_names("params", "@@{}@@ of the script")
        self._defaults = {key: _default(value) for key, value in (params or {}).items()}
        self._work = AdlaWork(
            script=script_name,
            booleans=tuple(sorted(key for key, value in self._defaults.items() if isinstance(value, bool))),
            degree_of_parallelism=self._threads(degree_of_parallelism),
            priority=self._number("priority", priority),
            runtime_version=self._text("runtime_version", runtime_version),
        )
        self._arguments = ()
        self._claim_outputs()

    @property
    def _takes_current_directory(self) -> bool:
        return self._source_directory is None

    def _threads(self, given: Any) -> int | None:
        number = self._number("degree_of_parallelism", given)
        return None if number is None else max(number, 1)

    def _number(self, keyword: str, given: Any) -> int | None:
        if given is not None and (not isinstance(given, int) or isinstance(given, bool)):
            raise self._refused(keyword, given, "a number (int)")
        return given

    def _text(self, keyword: str, given: Any) -> str | None:
        if given is not None and not isinstance(given, str):
            raise self._refused(keyword, given, "text")
        return given

    # --- at build ---

    def _settings(self, folder: Path | None, problems: list[str]) -> Mapping[str, Any]:
        if folder is not None and not problems:
            self._check_script(folder, problems)
        return self._work.settings()

    def _incidental(self) -> Mapping[str, Any]:
        return self._work.incidental()

    def _script(self, settings: Mapping[str, Any]) -> str:
        return self._work.script

    def _code_folder(self, author: Author, problems: list[str]) -> Path | None:
        return self._folder(author, problems)

    def _check_script(self, folder: Path, problems: list[str]) -> None:
        """See that the script is there, and that each `@@name@@` in it stands for something."""
        from lazulite.usql.substitute import substitute

        script = self._work.script
        found = inside(folder, script)
        if found is None or not (folder / found).is_file():
            problems.append(
                f"Step '{self.name}' cannot find its script '{script}' in its source directory '{folder}'."
            )
            return
        try:
            text = (folder / found).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as wrong:
            problems.append(f"The script '{script}' of step '{self.name}' is not UTF-8: {wrong}.")
            return
        try:
            substitute(text, self._stand_ins(), name=script)
        except InvalidRequest as wrong:
            problems.append(f"Step '{self.name}' cannot run its script. {wrong.message}")

    def _stand_ins(self) -> dict[str, object]:
        """A value for each name: what is known now, for data a path."""
        data = {one.name: f"/{one.name}" for one in (*self._declared.inputs, *self._declared.outputs)}
        named = {
            key: value.text if isinstance(value, Literal) else self._defaults[key]
            for key, value in self._reader.named.items()
        }
        return {**data, **named}


def _default(value: Any) -> Any:
    return value.default_value if isinstance(value, PipelineParameter) else value
