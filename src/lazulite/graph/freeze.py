"""From what an author wrote to a `Plan`: arranged, checked, ordered, with node ids and nothing left open."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lazulite.graph.arrange import Arrangement, arrange
from lazulite.graph.check import problems
from lazulite.graph.drafts import Closure, InputDraft, Known, OutputDraft, Produced, StepDraft, Tree
from lazulite.graph.order import topological
from lazulite.model.errors import InvalidPlan
from lazulite.model.plan import Input, Output, Parameter, Plan, Source, Step, StepOutput

_NODE_DIGITS = 8


@dataclass(frozen=True)
class Frozen:
    """A plan and, by the key of each draft, the node id it got."""

    plan: Plan
    nodes: Mapping[str, str]


def freeze(
    tree: Tree, closure: Closure | None = None, known: Known | None = None, description: str | None = None
) -> Plan:
    """Return the plan of the steps in `tree`.

    Args:
        tree: The drafts as they were listed.
        closure: Steps that listed ones may need.
        known: Names and defaults of the workspace.
        description: The pipeline's description.

    Raises:
        InvalidPlan: anything is wrong; `problems` holds one sentence for each mistake.
    """
    return freeze_with_nodes(tree, closure, known, description).plan


def freeze_with_nodes(
    tree: Tree, closure: Closure | None = None, known: Known | None = None, description: str | None = None
) -> Frozen:
    """Return the plan as `freeze` does, and which node each draft became."""
    closure, known = closure or Closure(), known or Known()
    arrangement = arrange(tree, closure)
    found = problems(arrangement, closure, known)
    if found:
        raise InvalidPlan(found)
    nodes = _node_ids(arrangement.drafts)
    drafts = {draft.key: draft for draft in arrangement.drafts}
    order = topological({draft.key: arrangement.predecessors(draft) for draft in arrangement.drafts})
    steps = tuple(_step(drafts[key], arrangement, nodes, known) for key in order)
    return Frozen(Plan(steps, _parameters(arrangement.drafts), description), nodes)


def _node_ids(drafts: Sequence[StepDraft]) -> dict[str, str]:
    """Ids depend on place and name only, so that the same pipeline built again has the same ones."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for index, draft in enumerate(drafts):
        salt = 0
        while True:
            text = f"{index}\0{draft.name}\0{salt}"
            node = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_NODE_DIGITS]
            if node not in taken:
                break
            salt += 1
        taken.add(node)
        found[draft.key] = node
    return found


def _parameters(drafts: Sequence[StepDraft]) -> tuple[Parameter, ...]:
    found: dict[str, Parameter] = {}
    for draft in drafts:
        for parameter in draft.used:
            found.setdefault(parameter.name, parameter)
    return tuple(found.values())


def _step(draft: StepDraft, arrangement: Arrangement, nodes: Mapping[str, str], known: Known) -> Step:
    inputs = tuple(_input(given, arrangement, nodes) for given in draft.inputs)
    produced = {given.source.node for given in inputs if isinstance(given.source, StepOutput)}
    waited = (nodes[key] for key in arrangement.predecessors(draft))
    return Step(
        node=nodes[draft.key],
        name=draft.name,
        step_type=draft.step_type,
        action=draft.action,
        compute=draft.compute or "",
        arguments=draft.arguments,
        inputs=inputs,
        outputs=tuple(_output(output, known) for output in draft.outputs),
        parameters=draft.parameters,
        environment=draft.environment,
        source_directory=_source_directory(draft, known),
        scope=draft.scope,
        hash_paths=draft.hash_paths,
        after=tuple(node for node in waited if node not in produced),
        allow_reuse=draft.allow_reuse and not _publishes_in_place(draft),
        version=draft.version,
        node_count=draft.node_count,
        timeout_seconds=draft.timeout_seconds,
    )


def _source_directory(draft: StepDraft, known: Known) -> str:
    """Nothing (""): the step has no code."""
    if draft.source_directory is None:
        return known.default_source_directory or ""
    return draft.source_directory


def _publishes_in_place(draft: StepDraft) -> bool:
    """Whether the step writes to the place of one of its inputs.

    What it writes there is none of its recorded outputs. Nobody could tell later whether it is still there, so such
    a step always runs.
    """
    return any(given.mode == "upload" for given in draft.inputs)


def _input(given: InputDraft, arrangement: Arrangement, nodes: Mapping[str, str]) -> Input:
    source: Source
    if isinstance(given.source, Produced):
        writer = arrangement.producers[given.source.token][-1]
        source = StepOutput(nodes[writer.key], writer.output)
    else:
        source = given.source
    return Input(given.name, source, given.mode, given.path_on_compute, given.overwrite)


def _output(output: OutputDraft, known: Known) -> Output:
    return Output(
        name=output.name,
        datastore=output.datastore or known.default_datastore or "",
        mode=output.mode,
        path=output.path,
        path_on_compute=output.path_on_compute,
        overwrite=output.overwrite,
        is_directory=output.is_directory,
        pipeline_output_name=output.pipeline_output_name,
        place=output.place,
    )
