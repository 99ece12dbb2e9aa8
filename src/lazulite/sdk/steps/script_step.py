"""What steps that run a script or a command on a compute target share: target, environment, code, reuse."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.environment import EnvironmentSpec
from lazulite.sdk.current_folder import absolute
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.steps.base import Author, PipelineStep
from lazulite.sdk.steps.foreign import foreign_things

if TYPE_CHECKING:
    from lazulite.graph.drafts import InputDraft, OutputDraft, StepDraft
    from lazulite.model.plan import Action, Argument, Parameter

#: v1's types of compute target that run scripts, in lower case, and this machine.
_RUNS_SCRIPTS = (
    "amlcompute",
    "computeinstance",
    "virtualmachine",
    "remote",
    "dsvm",
    "hdinsight",
    "synapsespark",
    "kubernetes",
    "local",
)
_RUNCONFIG_PARAMETERS = (
    "NodeCount",
    "MpiProcessCountPerNode",
    "TensorflowWorkerCount",
    "TensorflowParameterServerCount",
)
SCOPES = ("directory", "script")


class ScriptStep(PipelineStep):
    """The part of PythonScriptStep and CommandStep that is the same."""

    #: v1's types of compute target that it runs on, in lower case, and how to say so.
    _RUNS_ON: ClassVar[tuple[str, ...]] = _RUNS_SCRIPTS
    _RUNS_ON_WORDS: ClassVar[str] = "an AmlCompute cluster, or on 'local', this machine"

    def _prepare_code(
        self,
        *,
        compute_target: Any,
        target: Any,
        runconfig: Any,
        runconfig_pipeline_params: Any,
        source_directory: Any,
        allow_reuse: Any,
        version: Any,
        hash_paths: Any = None,
        reuse_scope: Any = None,
    ) -> None:
        """Check and keep everything that has nothing to do with data.

        Raises:
            ValueError: a value cannot be used.
        """
        if runconfig is not None and not hasattr(runconfig, "environment"):
            raise self._refused("runconfig", runconfig, "a RunConfiguration")
        self._runconfig = runconfig
        self._compute = self._chosen_compute(compute_target, target)
        self._node_parameters = self._checked_runconfig_parameters(runconfig_pipeline_params)
        self._source_directory = self._checked_folder(source_directory)
        if not isinstance(allow_reuse, bool):
            raise self._refused("allow_reuse", allow_reuse, "True or False")
        self._allow_reuse = allow_reuse
        self._version = None if version is None else str(version)
        if isinstance(hash_paths, (str, PurePath)):
            raise self._refused("hash_paths", hash_paths, "a list of paths")
        self._hash_paths = tuple(os.fspath(path) for path in hash_paths or ())
        if reuse_scope not in (None, *SCOPES):
            raise self._refused("reuse_scope", reuse_scope, "'directory' or 'script'")
        self._scope = reuse_scope or ("script" if self._hash_paths else None)

    def _chosen_compute(self, compute_target: Any, target: Any) -> Any:
        if target is None:
            return compute_target
        if compute_target is not None:
            raise ValueError(
                f"Step '{self.name}' has both compute_target and target. Give compute_target only."
            )
        warnings.warn(
            f"Step '{self.name}': 'target' is an alias of 'compute_target', as early documents called it. "
            "Write compute_target=….",
            UserWarning,
            stacklevel=4,
        )
        return target

    def _checked_runconfig_parameters(self, given: Any) -> dict[str, PipelineParameter]:
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            raise self._refused("runconfig_pipeline_params", given, "a dict")
        for key, value in given.items():
            if key not in _RUNCONFIG_PARAMETERS:
                raise ValueError(
                    f"Step '{self.name}' has the key {key!r} in runconfig_pipeline_params. Expected one of: "
                    f"{', '.join(_RUNCONFIG_PARAMETERS)}."
                )
            if not isinstance(value, PipelineParameter):
                raise self._refused(f"runconfig_pipeline_params[{key!r}]", value, "a PipelineParameter")
        return dict(given)

    def _checked_folder(self, folder: Any) -> str | None:
        if folder is None or folder == "":
            return None
        if not isinstance(folder, (str, os.PathLike)):
            raise self._refused("source_directory", folder, "a path")
        return os.fspath(folder)

    def _refused(self, keyword: str, given: Any, expected: str) -> ValueError:
        return ValueError(f"Step '{self.name}' was given {keyword}={given!r}. Expected {expected}.")

    # --- at build ---

    def _filled_draft(
        self,
        author: Author,
        action: Action,
        arguments: tuple[Argument, ...],
        problems: list[str],
        folder: Path | None,
    ) -> StepDraft:
        """Return the draft of this step, its own problems included; `folder` None: it has no code."""
        from lazulite.graph.drafts import StepDraft

        parameters: list[Parameter] = [
            *self._declared.parameters(),
            *self._reader.used,
            *(item._declaration() for item in self._node_parameters.values()),  # noqa: SLF001
        ]
        hash_paths = self._relative_hash_paths(folder, problems) if folder else ()
        runconfig = self._runconfig
        if author.workspace:
            declared = (*self._declared.inputs, *self._declared.outputs)
            problems.extend(foreign_things(self.name, author.workspace, declared, self._compute))
        return StepDraft(
            key=self._key,
            name=self.name,
            step_type=self.step_type,
            action=action,
            arguments=arguments,
            inputs=self._input_drafts(),
            outputs=self._output_drafts(),
            parameters=dict(self._reader.named),
            used=tuple(dict.fromkeys(parameters)),
            compute=self._compute_name(problems),
            environment=_environment(runconfig, author),
            source_directory=str(folder) if folder else "",
            scope=self._scope or author.scope,
            hash_paths=hash_paths,
            after=tuple(dict.fromkeys(step._key for step in self.run_after_steps)),  # noqa: SLF001
            allow_reuse=self._allow_reuse,
            version=self._version,
            node_count=self._node_count(),
            timeout_seconds=_seconds(getattr(runconfig, "max_run_duration_seconds", None)),
            problems=tuple(problems),
        )

    def _input_drafts(self) -> tuple[InputDraft, ...]:
        return self._declared.input_drafts()

    def _output_drafts(self) -> tuple[OutputDraft, ...]:
        return self._declared.output_drafts()

    def _folder(self, author: Author, problems: list[str]) -> Path:
        """The folder with the step's code, absolute; that there is none is a problem."""
        folder = absolute(self._source_directory or author.default_source_directory or ".")
        if not folder.is_dir():
            problems.append(
                f"The source directory of step '{self.name}' is '{folder}', which "
                f"{'is a file' if folder.exists() else 'does not exist'}. Give the folder that holds its code."
            )
        return folder

    @property
    def _takes_current_directory(self) -> bool:
        return self._source_directory is None

    def _relative_hash_paths(self, folder: Path, problems: list[str]) -> tuple[str, ...]:
        found = []
        for given in self._hash_paths:
            path = inside(folder, given)
            if path is None:
                problems.append(
                    f"Step '{self.name}' has '{given}' in hash_paths, which is outside its source directory "
                    f"'{folder}'. Only files of the source directory can count."
                )
            elif not (folder / path).exists():
                problems.append(
                    f"Step '{self.name}' has '{given}' in hash_paths, and there is no such file or folder in "
                    f"'{folder}'."
                )
            else:
                found.append(path)
        return tuple(found)

    def _compute_name(self, problems: list[str]) -> str | None:
        chosen = self._compute
        if chosen is None and self._runconfig is not None:
            chosen = getattr(self._runconfig, "target", None)
        name, kind = compute_and_type(chosen)
        if chosen is not None and name is None:
            problems.append(
                f"Step '{self.name}' was given compute_target={chosen!r}. Expected a compute target, its name, or a "
                "pair of name and type."
            )
            return "local"  # so that it is not reported as missing too
        if kind is not None and kind.lower() not in self._RUNS_ON:
            problems.append(
                f"Step '{self.name}' cannot run on the compute target '{name}' of type {kind}. A {self.step_type} "
                f"runs on {self._RUNS_ON_WORDS}."
            )
        return name

    def _node_count(self) -> int:
        parameter = self._node_parameters.get("NodeCount")
        count = parameter.default_value if parameter else getattr(self._runconfig, "node_count", 1)
        return count if isinstance(count, int) else 1


def compute_and_type(chosen: Any) -> tuple[str | None, str | None]:
    """Return name and type of a compute target given as an object, a name or a pair; None for what is not known."""
    if isinstance(chosen, str):
        return chosen or None, None
    if isinstance(chosen, tuple) and len(chosen) == 2 and all(isinstance(part, str) for part in chosen):  # noqa: PLR2004
        return chosen
    name, kind = getattr(chosen, "name", None), getattr(chosen, "type", None)
    return (name if isinstance(name, str) else None), (kind if isinstance(kind, str) else None)


def inside(folder: Path, given: str) -> str | None:
    """Return a path, relative or absolute, as one relative to `folder` with '/'; None if it is not in there."""
    root = os.path.normpath(folder)
    path = os.path.normpath(os.path.join(root, given))  # noqa: PTH118 - for thousands of steps
    if path == root:
        return "."
    below = root if root.endswith(os.sep) else root + os.sep
    return path.removeprefix(below) if path.startswith(below) else None


def _environment(runconfig: Any, author: Author) -> EnvironmentSpec:
    known = author.environments.get(id(runconfig))
    if known is None:
        known = author.environments[id(runconfig)] = _asked_for(runconfig)
    return known


def _asked_for(runconfig: Any) -> EnvironmentSpec:
    environment = getattr(runconfig, "environment", None)
    if environment is None:
        return EnvironmentSpec()
    spec: EnvironmentSpec = environment._spec()  # noqa: SLF001 - the SDK's own seam
    variables = getattr(runconfig, "environment_variables", None)
    if not variables:
        return spec
    return replace(spec, variables={**spec.variables, **{str(k): str(v) for k, v in variables.items()}})


def _seconds(given: Any) -> float | None:
    return float(given) if isinstance(given, (int, float)) and not isinstance(given, bool) else None
