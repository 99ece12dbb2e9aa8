"""What can be wrong with one step alone: its compute target, its numbers, and what its arguments speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lazulite.graph.drafts import Known, StepDraft
from lazulite.graph.labels import listed, nearest
from lazulite.model.plan import InputArgument, Literal, OutputArgument, ParameterArgument, RunShell

#: The compute target that is always there and needs no entry: this machine.
LOCAL = "local"

_DATA = re.compile(r"\$\{?AZUREML_DATAREFERENCE_([\w-]*)")
_PARAMETER = re.compile(r"\$\{?AML_PARAMETER_([\w-]*)")


def step_problems(draft: StepDraft, label: str, known: Known) -> Iterator[str]:
    """Yield the errors of `draft` that no other step has a part in."""
    if not draft.name.strip():
        yield f"A {draft.step_type} has an empty name. Give it one, or leave `name` out."
    yield from _compute_problems(draft, label, known)
    if draft.node_count < 1:
        yield f"Step '{label}' asks for {draft.node_count} nodes. node_count must be 1 or more."
    if draft.timeout_seconds is not None and draft.timeout_seconds <= 0:
        yield (
            f"Step '{label}' may run for {draft.timeout_seconds:g} seconds. The maximum run duration must be more "
            "than 0, or None for no limit."
        )
    yield from _argument_problems(draft, label)


def _compute_problems(draft: StepDraft, label: str, known: Known) -> Iterator[str]:
    if draft.compute is None:
        yield (
            f"Step '{label}' has no compute target. Write compute_target='local' to run it on this machine, or "
            f"compute_target= one of the workspace's: {listed(sorted(known.computes - {LOCAL}), nothing='it has none yet')}."
        )
    elif draft.compute != LOCAL and draft.compute not in known.computes:
        yield (
            f"Step '{label}' wants the compute target '{draft.compute}', which the workspace does not have."
            f"{nearest(draft.compute, [*known.computes, LOCAL])} It has: "
            f"{listed(sorted(known.computes - {LOCAL}))}; 'local' means this machine. "
            "Create it with ComputeTarget.create, or name another."
        )


def _argument_problems(draft: StepDraft, label: str) -> Iterator[str]:
    inputs = {given.name for given in draft.inputs}
    outputs = {output.name for output in draft.outputs}
    parameters = {parameter.name for parameter in draft.used}
    texts = [draft.action.text] if isinstance(draft.action, RunShell) else []
    for argument in draft.arguments:
        if isinstance(argument, Literal):
            texts.append(argument.text)
        elif isinstance(argument, InputArgument) and argument.name not in inputs:
            yield _undeclared(label, f"the input '{argument.name}'", "inputs")
        elif isinstance(argument, OutputArgument) and argument.name not in outputs:
            yield _undeclared(label, f"the output '{argument.name}'", "outputs")
        elif isinstance(argument, ParameterArgument) and argument.name not in parameters:
            yield _undeclared(label, f"the parameter '{argument.name}'", "params")
    values = {*draft.parameters, *(a.name for a in draft.arguments if isinstance(a, ParameterArgument))}
    for text in texts:
        yield from _placeholder_problems(text, label, inputs | outputs, values)


def _undeclared(label: str, what: str, where: str) -> str:
    return f"Step '{label}' names {what} in its arguments and does not declare it. Add it to {where}."


def _placeholder_problems(text: str, label: str, data: set[str], parameters: set[str]) -> Iterator[str]:
    for name in _unknown(_DATA, text, data):
        yield (
            f"Step '{label}' has {_shortened(text)!r} among its arguments, and no input or output of it is called "
            f"'{name}'.{nearest(name, sorted(data))} Add the data to its inputs or outputs; it has: "
            f"{listed(sorted(data))}."
        )
    for name in _unknown(_PARAMETER, text, parameters | {re.sub(r"\W", "_", name) for name in parameters}):
        yield (
            f"Step '{label}' has {_shortened(text)!r} among its arguments, and no parameter of it is called "
            f"'{name}'.{nearest(name, sorted(parameters))} Add it: params={{'{name}': …}}."
        )


def _unknown(placeholder: re.Pattern[str], text: str, known: set[str]) -> Iterator[str]:
    """Names in placeholders that nothing known fits; text may follow a known name directly (`…_raw_backup`)."""
    for name in placeholder.findall(text):
        if not name.startswith(tuple(known)):
            yield name


def _shortened(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
