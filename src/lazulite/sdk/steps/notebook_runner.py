"""A step that runs a Jupyter notebook. v1: `azureml.contrib.notebook.NotebookRunnerStep`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.sdk.notebooks.run_config import NotebookRunConfig
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.steps.base import Author
from lazulite.sdk.steps.script_step import inside
from lazulite.sdk.steps.task_step import TaskStep

if TYPE_CHECKING:
    from lazulite.graph.drafts import StepDraft
    from lazulite.model.environment import EnvironmentSpec

#: What runs cells, in the step's environment.
_KERNEL = "ipykernel"


class NotebookRunnerStep(TaskStep):
    """Run a Jupyter notebook, its parameters set anew, and keep it as it looks then.

    Inside it, variables hold the values of `params` and of the configuration's `parameters`, and the local paths of
    inputs and outputs, by name. What cells print is the step's log. The executed notebook and the same as a page are
    among the run's files, also of a run that failed, and each value that `Run.get_context().log` gets is a metric.

    Args:
        name: The step's name; without it the notebook's.
        notebook_run_config: Which notebook, with which environment.
        runconfig_pipeline_params: PipelineParameters for NodeCount and the like.
        compute_target: A compute target, its name, or a pair of name and type; "local" is this machine. Without it
            the target of the configuration's `run_config`.
        params: Values for the notebook, PipelineParameters among them, over those of the configuration. They keep
            their type: a number arrives as a number.
        inputs: Data that it reads.
        outputs: Data that it writes.
        allow_reuse: Whether the outputs of an earlier run that did the same work may be taken.
        version: Any text; another text makes the step run again.
        output_notebook_pipeline_data_name: If given, the executed notebook is one of the step's outputs, a file of
            that name.

    Raises:
        ValueError: a value cannot be used. Mistakes that show only in the whole (a missing notebook) are reported by
            `Pipeline(...)`.

    Example:
        `NotebookRunnerStep("train", NotebookRunConfig("src", "train.ipynb"), params={"rate": rate}, inputs=[clean],
        outputs=[model], compute_target=cluster)`: the notebook finds `rate`, and paths in `clean` and `model`.
    """

    _TASK: ClassVar[str] = "notebook"

    def __init__(
        self,
        name: str | None = None,
        notebook_run_config: Any = None,
        runconfig_pipeline_params: Any = None,
        compute_target: Any = None,
        params: Any = None,
        inputs: Any = None,
        outputs: Any = None,
        allow_reuse: bool = True,
        version: str | None = None,
        output_notebook_pipeline_data_name: str | None = None,
    ) -> None:
        if not isinstance(notebook_run_config, NotebookRunConfig):
            raise ValueError(  # noqa: TRY004 - v1's class for whatever a step cannot use
                f"notebook_run_config is {notebook_run_config!r}. Expected a NotebookRunConfig."
            )
        config = self._config = notebook_run_config
        if params is not None and not isinstance(params, Mapping):
            raise ValueError(f"params is {params!r}. Expected a dict: params={{'name': value}}.")
        given = {**config.parameters, **(params or {})}
        self._values = {
            key: value for key, value in given.items() if not isinstance(value, PipelineParameter)
        }
        self._parameters = {
            key: value for key, value in given.items() if isinstance(value, PipelineParameter)
        }
        self._notebook_output = output_notebook_pipeline_data_name
        name = name or PurePosixPath(config.notebook).stem
        self._prepare(name, inputs, self._with_notebook(outputs), None, self._parameters, rename_shared=True)
        self._check_variables(given)
        self._prepare_code(
            compute_target=compute_target,
            target=None,
            runconfig=config.run_config,
            runconfig_pipeline_params=runconfig_pipeline_params,
            source_directory=config.source_directory or ".",
            allow_reuse=allow_reuse,
            version=version,
        )
        self._arguments = ()
        self._claim_outputs()

    def _with_notebook(self, outputs: Any) -> Any:
        if self._notebook_output is None:
            return outputs
        return [*(outputs or ()), PipelineData(self._notebook_output, is_directory=False)]

    def _check_variables(self, given: Mapping[str, Any]) -> None:
        data = {one.name for one in (*self._declared.inputs, *self._declared.outputs)}
        for key, value in given.items():
            if not isinstance(key, str) or not key.isidentifier():
                raise ValueError(
                    f"Step '{self.name}' has the parameter {key!r}, which is no name of a variable."
                )
            if key in data:
                raise ValueError(
                    f"Step '{self.name}' has a parameter and an input or output called '{key}'. Both would be one "
                    "variable of the notebook: rename one."
                )
            if not isinstance(value, PipelineParameter) and not _is_plain(value):
                raise ValueError(
                    f"Step '{self.name}' has the parameter '{key}' with {value!r}. Expected a number, text, True, "
                    "False, None, a list or dict of them, or a PipelineParameter."
                )

    def _settings(self, folder: Path | None, problems: list[str]) -> Mapping[str, Any]:
        config = self._config
        notebook = inside(folder, config.notebook) if folder else None
        if folder and folder.is_dir() and (notebook is None or not (folder / notebook).is_file()):
            problems.append(f"Step '{self.name}' cannot find its notebook '{config.notebook}' in '{folder}'.")
        kinds = {key: type(one.default_value).__name__ for key, one in self._parameters.items()}
        return {
            "notebook": notebook or config.notebook,
            "output": config.output_notebook or PurePosixPath(config.notebook).name,
            "output_port": self._notebook_output,
            "values": self._values,
            "parameters": kinds,
            **config.handler._settings(),  # noqa: SLF001 - the SDK's own seam
        }

    def _draft(self, author: Author) -> StepDraft:
        draft = super()._draft(author)
        return replace(draft, environment=_with_kernel(draft.environment))


def _is_plain(value: Any) -> bool:
    try:
        return bool(json.loads(json.dumps(value)) == value)
    except (TypeError, ValueError):
        return False


def _with_kernel(spec: EnvironmentSpec) -> EnvironmentSpec:
    """An environment that lists packages gets the kernel as one of them, as v1 added it; any other is taken as it is."""
    asked = [re.split(r"[\s\[<>=!~;@]", line, maxsplit=1)[0].lower() for line in (*spec.pip, *spec.conda)]
    own = [name for name in asked if not name.startswith("azureml")]
    if not own or _KERNEL in asked or spec.user_managed:
        return spec
    return replace(spec, pip=(*spec.pip, _KERNEL))
