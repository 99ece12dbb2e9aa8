"""Things of one workspace in the pipeline of another: their names may exist there too, and mean something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lazulite.sdk.steps.declared import Declared

#: Id and name of a workspace.
Owner = tuple[str, str]


def foreign_things(step: str, owner: Owner, declared: Iterable[Declared], compute: Any) -> Iterator[str]:
    """Yield a sentence for each datastore and compute target of `step` that belongs to another workspace than `owner`.

    What was given by name alone belongs to the pipeline's workspace.
    """
    for one in declared:
        store = _datastore(one.data)
        yield from _sentence(f"The data '{one.name}' of step '{step}' are on the datastore", store, owner)
    yield from _sentence(f"Step '{step}' has the compute target", compute, owner)


def _sentence(what: str, thing: Any, owner: Owner) -> Iterator[str]:
    workspace: Any = getattr(thing, "workspace", None)
    found = getattr(workspace, "_id", owner[0])
    if found != owner[0]:
        yield (
            f"{what} '{thing.name}' of the workspace '{workspace.name}', and the pipeline is of the workspace "
            f"'{owner[1]}'. Take the one of that workspace."
        )


def _datastore(data: Any) -> Any:
    place = data[0] if isinstance(data, tuple) else data
    return getattr(place, "datastore", None) or getattr(place, "_datastore", None)
