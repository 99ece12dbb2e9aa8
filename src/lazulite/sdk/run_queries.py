"""The filters of `Run.list` and `get_children`, from v1's loose forms to one query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lazulite.model.run import Run, RunKind, RunQuery, RunStatus
from lazulite.sdk.exceptions import UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.api.service import Service

_PAGE = 200
_EXPECTED = "Expected a name, a dict of names and values, or a list of names and [name, value] pairs."


def filters(type: Any, tags: Any, properties: Any, status: Any) -> dict[str, Any] | None:  # noqa: A002 - v1's name
    """Return the fields of a `RunQuery` for v1's filters; None if no run can match (a type that does not exist here).

    Args:
        type: A run type such as "azureml.StepRun", or the class's own words for it.
        tags: A name, a dict of name to value (a value None: the tag exists), or a list of names and of pairs.
        properties: The same for properties.
        status: A word of either vocabulary, such as "Completed" or "Finished".

    Raises:
        UserErrorException: the status is no status; the message lists them.
    """
    kind = None
    if type is not None:
        kind = next((known for known in RunKind if known.value == type), None)
        if kind is None:
            return None
    return {
        "kind": kind,
        "tags": _named(tags),
        "properties": _named(properties),
        "statuses": _statuses(status) if status is not None else (),
    }


def _named(given: Any) -> dict[str, str | None]:
    if given is None:
        return {}
    if isinstance(given, str):
        return {given: None}
    if isinstance(given, Mapping):
        return {str(key): None if value is None else str(value) for key, value in given.items()}
    if isinstance(given, Iterable):
        return dict(_pair(each) for each in given)
    raise UserErrorException(f"Cannot filter by {given!r}. {_EXPECTED}")


def _pair(given: Any) -> tuple[str, str | None]:
    """The name, and the value if there is one, that an item of a list such as `["a", ["b", "2"]]` asks for."""
    if isinstance(given, str):
        return given, None
    if isinstance(given, (list, tuple)) and len(given) == 2 and isinstance(given[0], str):  # noqa: PLR2004
        return given[0], None if given[1] is None else str(given[1])
    raise UserErrorException(f"Cannot filter by {given!r}. {_EXPECTED}")


def _statuses(word: Any) -> tuple[RunStatus, ...]:
    found = tuple(
        status for status in RunStatus if word in (status.history_word, status.graph_word, status.value)
    )
    if not found:
        known = sorted({status.history_word for status in RunStatus})
        raise UserErrorException(f"{word!r} is not a status of a run. Expected one of {', '.join(known)}.")
    # "Running" is also v1's engine word for the stages around it; asked for by name it means itself.
    exact = tuple(status for status in found if status.history_word == word)
    return exact or found


def pages(service: Service, workspace: str, query: RunQuery) -> Iterator[Run]:
    """Yield all runs that match, newest first, fetched page by page."""
    from dataclasses import replace

    offset, seen = 0, set[str]()  # runs that are added meanwhile shift the pages
    while True:
        with v1_errors():
            page = service.list_runs(workspace, replace(query, limit=_PAGE, offset=offset))
        yield from (run for run in page if run.id not in seen)
        seen.update(run.id for run in page)
        if len(page) < _PAGE:
            return
        offset += len(page)


def descendants(service: Service, workspace: str, run: Run, fields: Mapping[str, Any]) -> Iterator[Run]:
    """Yield the children of `run`, their children and so on, that match, each generation newest first."""
    level = [run.id]
    while level:
        following: list[str] = []
        for parent in level:
            following += [child.id for child in pages(service, workspace, RunQuery(parent_id=parent))]
            yield from pages(service, workspace, RunQuery(parent_id=parent, **fields))
        level = following
