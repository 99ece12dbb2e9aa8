"""A step that runs a Python script. v1: `azureml.pipeline.steps.PythonScriptStep`."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.model.plan import RunScript
from lazulite.sdk.steps.base import Author, refuse_unknown
from lazulite.sdk.steps.script_step import ScriptStep, inside

if TYPE_CHECKING:
    from lazulite.graph.drafts import StepDraft


class PythonScriptStep(ScriptStep):
    """Run `python <script_name> <arguments>` in a copy of the source directory.

    Args:
        script_name: The script, relative to `source_directory`.
        name: The step's name; without it `script_name`. Several steps may have one name.
        arguments: A list. Data give their local path, a PipelineParameter its value, all else its text. Data can
            also be part of a longer text: `f"--out={clean}/part.csv"`.
        compute_target: A compute target, its name, or a pair of name and type; "local" is this machine. Without it
            the target of `runconfig`.
        runconfig: A RunConfiguration: environment, environment variables, node count, maximum duration (seconds).
        runconfig_pipeline_params: PipelineParameters for NodeCount and the like.
        inputs: Data the script reads: PipelineData, DataReference, PortDataReference, InputPortBinding, or a pair
            of a DataPath and a DataPathComputeBinding.
        outputs: Data the script writes: PipelineData or OutputPortBinding.
        params: Values the script finds as environment variables `AML_PARAMETER_<name>`.
        source_directory: The folder with the script and what it imports; without it the pipeline's
            `default_source_directory`, else the current directory, with a warning at submission.
        allow_reuse: Whether the outputs of an earlier run that did the same work may be taken.
        version: Any text; another text makes the step run again.
        hash_paths: Files and folders, relative to the source directory or in it, that count for reuse besides the
            script. Without it every file of the source directory counts (see `reuse_scope`).
        target: An alias of `compute_target`, as early documents called it; it warns.
        reuse_scope: "directory" (every file of the source directory counts) or "script" (the script and
            `hash_paths`); without it "script" where `hash_paths` is given, else the workspace's setting
            `reuse.scope`, which is "directory" unless changed.

    Raises:
        ValueError: a value cannot be used. Mistakes that show only in the whole (a missing script, an unknown
            compute target, data that nobody writes) are reported by `Pipeline(...)`, all at once.
        TypeError: an unknown keyword; the message names the nearest.

    Example:
        `PythonScriptStep("train.py", arguments=["--data", clean, "--out", model], inputs=[clean], outputs=[model],
        compute_target=cluster, source_directory="src")`
    """

    def __init__(
        self,
        script_name: str,
        name: str | None = None,
        arguments: Any = None,
        compute_target: Any = None,
        runconfig: Any = None,
        runconfig_pipeline_params: Any = None,
        inputs: Any = None,
        outputs: Any = None,
        params: Any = None,
        source_directory: str | os.PathLike[str] | None = None,
        allow_reuse: bool = True,
        version: str | None = None,
        hash_paths: Any = None,
        *,
        target: Any = None,
        reuse_scope: str | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(PythonScriptStep, self, unknown)
        if not isinstance(script_name, (str, os.PathLike)) or not os.fspath(script_name):
            raise ValueError(f"script_name is {script_name!r}. Expected the name of a Python script.")
        self._script_name = os.fspath(script_name)
        self._prepare(name or self._script_name, inputs, outputs, None, params, rename_shared=True)
        self._prepare_code(
            compute_target=compute_target,
            target=target,
            runconfig=runconfig,
            runconfig_pipeline_params=runconfig_pipeline_params,
            source_directory=source_directory,
            allow_reuse=allow_reuse,
            version=version,
            hash_paths=hash_paths,
            reuse_scope=reuse_scope,
        )
        self._arguments = self._reader.read(arguments)
        self._claim_outputs()

    def _draft(self, author: Author) -> StepDraft:
        problems: list[str] = []
        folder = self._folder(author, problems)
        script = inside(folder, self._script_name)
        if not problems and (script is None or not (folder / script).is_file()):
            problems.append(_missing(self.name, self._script_name, folder, is_outside=script is None))
        return self._filled_draft(
            author, RunScript(script or self._script_name), self._arguments, problems, folder
        )


def _missing(step: str, script: str, folder: Path, *, is_outside: bool) -> str:
    if is_outside:
        return (
            f"Step '{step}' has the script '{script}', which is outside its source directory '{folder}'. "
            "Give a source_directory that holds it."
        )
    if (folder / script).is_dir():
        return (
            f"Step '{step}' has the script '{script}', which is a folder in '{folder}'. Give a Python file."
        )
    others = sorted(path.name for path in folder.glob("*.py"))
    near = get_close_matches(Path(script).name, others, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"Step '{step}' cannot find its script '{script}' in '{folder}'.{hint}"
