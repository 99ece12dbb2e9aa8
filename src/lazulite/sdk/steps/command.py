"""A step that runs a command. v1: `azureml.pipeline.steps.CommandStep`."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from lazulite.model.plan import Action, Argument, InputArgument, Literal, OutputArgument, RunProgram, RunShell
from lazulite.model.values import data_reference_placeholder, parameter_placeholder
from lazulite.sdk.steps.base import Author, refuse_unknown
from lazulite.sdk.steps.command_line import needs_shell, shell_text, words
from lazulite.sdk.steps.script_step import ScriptStep

if TYPE_CHECKING:
    from lazulite.graph.drafts import StepDraft

_OPERATOR_WORDS = frozenset(
    ("|", "||", "&", "&&", ";", "<", "<<", ">", ">>", ">&", "2>", "2>>", "2>&1", "(", ")")
)


class CommandStep(ScriptStep):
    """Run a command in a copy of the source directory.

    Args:
        command: The command, as a text or as a list of words; without it that of `runconfig`. A text or list with
            shell operators (`|`, `&&`, `>`, `$HOME`, `*.csv` …) goes through `sh -c`, as its author wrote it; any
            other runs as a program with its arguments, without a shell. Data and PipelineParameters may be words
            of a list, or part of a text: `f"cat {raw} | wc -l"`.
        name: The step's name; without it `CommandStep_<first word>`.
        compute_target: As for PythonScriptStep.
        runconfig: As for PythonScriptStep.
        runconfig_pipeline_params: As for PythonScriptStep.
        inputs: Data the command reads.
        outputs: Data the command writes.
        params: Values the command finds as environment variables `AML_PARAMETER_<name>`.
        source_directory: The folder in a copy of which it runs; without it the pipeline's
            `default_source_directory`, else the current directory, with a warning at submission.
        allow_reuse: Whether the outputs of an earlier run that did the same work may be taken.
        version: Any text; another text makes the step run again.
        target: An alias of `compute_target`; it warns.

    Raises:
        ValueError: a value cannot be used.
        TypeError: an unknown keyword; the message names the nearest.

    Example:
        `CommandStep(["Rscript", "fit.R", "--data", clean], inputs=[clean], compute_target="local")`
    """

    def __init__(
        self,
        command: Any = None,
        name: str | None = None,
        compute_target: Any = None,
        runconfig: Any = None,
        runconfig_pipeline_params: Any = None,
        inputs: Any = None,
        outputs: Any = None,
        params: Any = None,
        source_directory: str | os.PathLike[str] | None = None,
        allow_reuse: bool = True,
        version: str | None = None,
        *,
        target: Any = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(CommandStep, self, unknown)
        items = _items(getattr(runconfig, "command", None) if command is None else command)
        default_name = f"CommandStep_{os.path.basename(str(items[0]).split()[0])}"  # noqa: PTH119
        self._prepare(name or default_name, inputs, outputs, None, params, rename_shared=True)
        self._prepare_code(
            compute_target=compute_target,
            target=target,
            runconfig=runconfig,
            runconfig_pipeline_params=runconfig_pipeline_params,
            source_directory=source_directory,
            allow_reuse=allow_reuse,
            version=version,
        )
        self._action, self._arguments = self._read_command(items)
        self._claim_outputs()

    def _read_command(self, items: list[Any]) -> tuple[Action, tuple[Argument, ...]]:
        if len(items) == 1 and isinstance(items[0], str):
            text = self._declared.renamed(items[0])
            if needs_shell(text):
                return self._shell(text), ()
            try:
                return RunProgram(), tuple(Literal(word) for word in words(text))
            except ValueError as error:
                raise ValueError(f"Step '{self.name}' has the command {text!r}: {error}.") from error
        if any(isinstance(item, str) and item in _OPERATOR_WORDS for item in items):
            return self._shell(" ".join(map(self._shell_word, items))), ()
        first, *rest = items
        program = words(first) if isinstance(first, str) else [first]
        return RunProgram(), tuple(self._reader.item(item) for item in [*program, *rest])

    def _shell(self, text: str) -> RunShell:
        data = [one.name for one in (*self._declared.inputs, *self._declared.outputs)]
        variables = [data_reference_placeholder(name)[1:] for name in data]
        variables += [parameter_placeholder(re.sub(r"\W", "_", name))[1:] for name in self._reader.named]
        return RunShell(shell_text(text, variables))

    def _shell_word(self, item: Any) -> str:
        """One item of a list that has operators; text is taken as it is, as v1 joined it."""
        argument = self._reader.item(item)
        if isinstance(argument, Literal):
            return argument.text
        if isinstance(argument, (InputArgument, OutputArgument)):
            return data_reference_placeholder(argument.name)
        self._reader.named.setdefault(argument.name, argument)
        return parameter_placeholder(re.sub(r"\W", "_", argument.name))

    def _draft(self, author: Author) -> StepDraft:
        problems: list[str] = []
        folder = self._folder(author, problems)
        return self._filled_draft(author, self._action, self._arguments, problems, folder)


def _items(command: Any) -> list[Any]:
    if isinstance(command, str) and command.strip():
        return [command]
    if isinstance(command, (list, tuple)) and command and str(command[0]).strip():
        return list(command)
    raise ValueError(
        f"command is {command!r}. Expected a command as a text or a list of words, here or in runconfig.command."
    )
