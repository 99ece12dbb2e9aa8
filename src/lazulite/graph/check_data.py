"""What can be wrong with the data of a pipeline: names, places, who writes what and who reads it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from lazulite.graph.arrange import Arrangement
from lazulite.graph.drafts import Closure, InputDraft, Known, OutputDraft, Produced, StepDraft
from lazulite.graph.labels import listed, nearest
from lazulite.model.errors import InvalidName
from lazulite.model.ids import checked
from lazulite.model.plan import DataSource

_LONGEST_NAME = 255  # bytes in a file's name, nearly everywhere


def data_problems(
    arrangement: Arrangement, closure: Closure, names: Mapping[str, str], known: Known
) -> Iterator[str]:
    """Yield the errors of inputs and outputs, of each step and between steps."""
    for draft in arrangement.drafts:
        yield from _name_problems(draft, names[draft.key])
        yield from _place_problems(draft, names[draft.key], known)
        for given in draft.inputs:
            yield from _producer_problems(draft, given, arrangement, closure, names)
    yield from _writer_problems(arrangement, names)
    yield from _pipeline_output_problems(arrangement, names)


def _name_problems(draft: StepDraft, label: str) -> Iterator[str]:
    seen: dict[str, str] = {}
    ports: list[tuple[InputDraft | OutputDraft, str]] = []
    ports.extend((given, "input") for given in draft.inputs)
    ports.extend((output, "output") for output in draft.outputs)
    for port, kind in ports:
        yield from _compute_path_problems(port, kind, label)
        if len(port.name.encode(errors="replace")) > _LONGEST_NAME:
            yield (
                f"Step '{label}' has an {kind} whose name is {len(port.name)} characters long ({port.name[:40]}…). "
                f"It becomes the name of a folder: use at most {_LONGEST_NAME} bytes."
            )
        try:
            checked("port", port.name)
        except InvalidName:
            yield (
                f"Step '{label}' calls an {kind} {port.name!r}. Names of inputs and outputs are letters, digits "
                "and '_'."
            )
        if seen.setdefault(port.name, kind) != kind:
            yield f"Step '{label}' has an input and an output called '{port.name}'. Rename one of them."
    for kind, all_names in (
        ("inputs", [given.name for given in draft.inputs]),
        ("outputs", [output.name for output in draft.outputs]),
    ):
        for name in dict.fromkeys(name for name in all_names if all_names.count(name) > 1):
            yield (
                f"Step '{label}' has several {kind} called '{name}'. Give each its own name: as_input('other_name') "
                "for an input, output_name='other_name' for an output."
            )


def _compute_path_problems(port: InputDraft | OutputDraft, kind: str, label: str) -> Iterator[str]:
    given = port.path_on_compute
    if given and not given.startswith("/") and _leaves(given):
        yield (
            f"Step '{label}' has the {kind} '{port.name}' with path_on_compute={given!r}, which leaves the working "
            "directory of its script. Give a path below it, or an absolute one."
        )


def _place_problems(draft: StepDraft, label: str, known: Known) -> Iterator[str]:
    for given in draft.inputs:
        if isinstance(given.source, DataSource):
            yield from _datastore_problems(given.source.datastore, f"input '{given.name}'", label, known)
            if _leaves(given.source.path):
                yield (
                    f"Step '{label}' has the input '{given.name}' at {given.source.path!r}, which would leave its "
                    "datastore. Give a path inside the datastore, without '..'."
                )
    for output in draft.outputs:
        if output.datastore is not None:
            yield from _datastore_problems(output.datastore, f"output '{output.name}'", label, known)
        elif known.default_datastore is None:
            yield (
                f"Output '{output.name}' of step '{label}' has no datastore, and neither the pipeline nor the "
                "workspace has a default one. Pass datastore= to the PipelineData."
            )
        if _leaves(output.path):
            yield (
                f"Output '{output.name}' of step '{label}' is at {output.path!r}, which would leave its datastore. "
                "Give a path inside the datastore, without '..'."
            )


def _datastore_problems(name: str, what: str, label: str, known: Known) -> Iterator[str]:
    if name not in known.datastores:
        yield (
            f"The {what} of step '{label}' is on the datastore '{name}', which the workspace does not have."
            f"{nearest(name, sorted(known.datastores))} It has: {listed(sorted(known.datastores))}."
        )


def _leaves(path: str) -> bool:
    return path.startswith("/") or posixpath.normpath(path or ".").split("/")[0] == ".."


def _producer_problems(
    draft: StepDraft,
    given: InputDraft,
    arrangement: Arrangement,
    closure: Closure,
    names: Mapping[str, str],
) -> Iterator[str]:
    source = given.source
    if not isinstance(source, Produced) or source.token in arrangement.producers:
        return
    label = names[draft.key]
    producer = closure.producers.get(source.token)
    if producer is None:
        yield (
            f"Step '{label}' takes the data '{source.name}' as input '{given.name}', and no step writes it. "
            "List it in the outputs of the step that does, or use a DataReference for data that exist already."
        )
    else:
        yield (
            f"Step '{label}' takes the data '{source.name}' from step '{producer.name}', which is not in the list "
            f"of steps. List '{producer.name}' too, or leave out resolve_closure=False."
        )


def _writer_problems(arrangement: Arrangement, names: Mapping[str, str]) -> Iterator[str]:
    for writers in arrangement.producers.values():
        distinct = list(dict.fromkeys(writer.key for writer in writers))
        if len(distinct) > 1:
            yield (
                f"The steps {' and '.join(repr(names[key]) for key in distinct)} write the same data "
                f"'{writers[0].output}'. Give each step its own PipelineData."
            )


def _pipeline_output_problems(arrangement: Arrangement, names: Mapping[str, str]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for draft in arrangement.drafts:
        for output in draft.outputs:
            name = output.pipeline_output_name
            if name is None:
                continue
            if name in owners:
                yield (
                    f"Two outputs have the pipeline_output_name '{name}': one of step '{owners[name]}' and one of "
                    f"step '{names[draft.key]}'. Each must have its own."
                )
            owners.setdefault(name, names[draft.key])
