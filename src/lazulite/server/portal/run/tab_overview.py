"""What a step was given and what it gave: parameters, inputs, outputs, compute, tries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lazulite.model.events import Event, EventKind
from lazulite.model.plan import (
    Argument,
    DataSource,
    Input,
    InputArgument,
    Literal,
    ParameterArgument,
    PathParameter,
    RunScript,
    RunShell,
    RunTask,
    Step,
    StepOutput,
)
from lazulite.model.run import OutputRecord, Run, RunKind, RunQuery
from lazulite.model.values import DataPathValue, ParameterValue, as_text
from lazulite.server.portal import links
from lazulite.server.portal.run.subject import Subject

_MOST_CHILDREN = 200


@dataclass(frozen=True)
class Given:
    """An input: its name, what it is, where that is shown, and how it is handed over."""

    name: str
    words: str
    href: str
    mode: str


@dataclass(frozen=True)
class Try:
    """One try of a step, and how it ended if it was not the last."""

    number: int
    launched: Event
    lost: str = ""


def shown(subject: Subject) -> dict[str, object]:
    """The content of the tab."""
    step, record = subject.step, subject.record
    values = record.values
    return {
        "step": step,
        "values": _of_step(step, values) if step else values,
        "command": " ".join(command_words(step)) if step else "",
        "inputs": [_given(subject, one) for one in step.inputs] if step else [],
        "outputs": record.outputs(subject.run),
        "as_text": as_text,
        "data_href": data_href,
        "children": _children(subject),
        "tries": list(_tries(subject)) if step else [],
        "source_directory": step.source_directory if step else "",
    }


def data_href(workspace: str, output: OutputRecord) -> str:
    """The page of the data browser that shows an output."""
    return links.below(workspace, "datastores", f"{output.datastore}/{output.path}")


def _of_step(step: Step, values: Mapping[str, ParameterValue]) -> dict[str, ParameterValue]:
    """The parameters that reach a step, by the name it knows them by."""
    found: dict[str, ParameterValue] = {
        one.name: values.get(one.name) for one in step.arguments if isinstance(one, ParameterArgument)
    }
    for name, item in step.parameters.items():
        found[name] = item.text if isinstance(item, Literal) else values.get(item.name)
    return found


def command_words(step: Step) -> Iterator[str]:
    """Yield what a step runs, word by word; of a task its name, and the file or place it works on."""
    if isinstance(step.action, RunScript):
        yield from ("python", step.action.script)
    if isinstance(step.action, RunShell):
        yield step.action.text
    if isinstance(step.action, RunTask):
        place = step.action.script or step.action.settings.get("path")
        yield from (f"<{step.action.task}>", *([str(place)] if place else []))
    yield from (_argument(one) for one in step.arguments)


def _argument(one: Argument) -> str:
    if isinstance(one, Literal):
        return one.text if one.text and " " not in one.text else repr(one.text)
    kind = (
        "parameter"
        if isinstance(one, ParameterArgument)
        else "input"
        if isinstance(one, InputArgument)
        else "output"
    )
    return f"<{kind} {one.name}>"


def _given(subject: Subject, one: Input) -> Given:
    source = one.source
    if isinstance(source, StepOutput):
        producer = subject.record.of_node(source.node)
        name = producer.name if producer else source.node
        href = subject.here(step=producer.id) if producer else ""
        return Given(one.name, f"{source.output} of {name}", href, one.mode)
    if isinstance(source, PathParameter):
        value = subject.record.values.get(source.parameter)
        place = value if isinstance(value, DataPathValue) else None
    else:
        place = DataPathValue(source.datastore, source.path) if isinstance(source, DataSource) else None
    if place is None:
        return Given(one.name, "nothing", "", one.mode)
    href = links.below(subject.run.workspace, "datastores", f"{place.datastore}/{place.path}")
    return Given(one.name, as_text(place), href, one.mode)


def _children(subject: Subject) -> tuple[Run, ...]:
    """The child runs of a run that the user's own process drives; a pipeline run shows its steps."""
    if subject.run.kind is not RunKind.INTERACTIVE:
        return ()
    query = RunQuery(parent_id=subject.run.id, limit=_MOST_CHILDREN)
    return subject.service.list_runs(subject.run.workspace, query)


def _tries(subject: Subject) -> Iterator[Try]:
    run = subject.run
    events = subject.service.get_events(run.workspace, run.root_id, about=run.id)
    lost = {
        event.data.get("attempt"): str(event.data.get("reason", ""))
        for event in events
        if event.kind is EventKind.LOST
    }
    for event in events:
        if event.kind is EventKind.LAUNCHED:
            number = int(event.data.get("attempt", 1))
            yield Try(number, event, lost.get(number, ""))
