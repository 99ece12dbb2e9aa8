"""What can be wrong with a whole pipeline: every mistake as one sentence that names the step, the thing and the way out.

`check_data` looks at the data between steps and in them, `check_step` at one step alone; this module at what is true
of all steps together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lazulite.graph.arrange import Arrangement
from lazulite.graph.check_data import data_problems
from lazulite.graph.check_step import step_problems
from lazulite.graph.drafts import Closure, Known
from lazulite.graph.labels import labels
from lazulite.graph.order import cycle
from lazulite.model.plan import Parameter


def problems(arrangement: Arrangement, closure: Closure, known: Known) -> list[str]:
    """Return every authoring error of an arranged pipeline; [] if there is none."""
    names = labels(arrangement.drafts)
    found: list[str] = []
    for draft in arrangement.drafts:
        found.extend(draft.problems)
        found.extend(step_problems(draft, names[draft.key], known))
    found.extend(data_problems(arrangement, closure, names, known))
    found.extend(_missing_predecessors(arrangement, closure, names))
    found.extend(_parameter_problems(arrangement, names))
    found.extend(_cycle_problems(arrangement, names))
    return list(dict.fromkeys(found))


def _missing_predecessors(
    arrangement: Arrangement, closure: Closure, names: Mapping[str, str]
) -> Iterator[str]:
    for draft in arrangement.drafts:
        for key in draft.after:
            if key not in arrangement.after and key in closure.predecessors:
                missing = closure.predecessors[key].name
                yield (
                    f"Step '{names[draft.key]}' runs after step '{missing}', which is not in the list of steps. "
                    f"List '{missing}' too, or leave out resolve_closure=False."
                )


def _parameter_problems(arrangement: Arrangement, names: Mapping[str, str]) -> Iterator[str]:
    first: dict[str, tuple[Parameter, str]] = {}
    reported: set[str] = set()
    for draft in arrangement.drafts:
        for parameter in draft.used:
            known, owner = first.setdefault(parameter.name, (parameter, draft.key))
            if parameter.name not in reported and not same_value(known.default, parameter.default):
                reported.add(parameter.name)
                yield (
                    f"The pipeline parameter '{parameter.name}' has two defaults: {known.default!r} in step "
                    f"'{names[owner]}' and {parameter.default!r} in step '{names[draft.key]}'. "
                    "Use one PipelineParameter object in both, or give them different names."
                )


def same_value(one: Any, other: Any) -> bool:
    """Whether two parameter values are equal and of one type (True is not 1)."""
    return type(one) is type(other) and bool(one == other)


def _cycle_problems(arrangement: Arrangement, names: Mapping[str, str]) -> Iterator[str]:
    found = cycle({draft.key: arrangement.predecessors(draft) for draft in arrangement.drafts})
    if found:
        road = " → ".join(names[key] for key in [*found, found[0]])
        yield (
            f"The steps wait for each other in a circle: {road}. Remove one of these dependencies (data that one "
            "takes from another, run_after, or their order in a StepSequence)."
        )
