"""Inputs whose data are not there when a pipeline is submitted: no error, as in v1, but said aloud.

A step may find them written by then, by an earlier step or by anybody else; a misspelled path never is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lazulite.model.errors import LazuliteError, StorageError
from lazulite.model.plan import DataSource, Input, PathParameter
from lazulite.model.values import DataPathValue

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.model.plan import Plan
    from lazulite.model.run import Submission
    from lazulite.sdk.data_files import DataFiles

Place = tuple[str, str]
_SHOWN = 10


def missing_data(service: Service, workspace: str, submission: Submission) -> list[str]:
    """Return a sentence for each place on a datastore that a step reads and where nothing is.

    Args:
        service: Where the datastores are.
        workspace: The workspace's id.
        submission: The plan and the values of its parameters.
    """
    from lazulite.sdk.data_files import files_on

    written = set(_written(submission.plan))
    stores: dict[str, DataFiles] = {}
    found: dict[Place, str] = {}
    for step in submission.plan.steps:
        for given in step.inputs:
            place = _place(given, submission)
            if place is None or given.mode == "upload" or place in written or place in found:
                continue
            try:
                if place[0] not in stores:
                    stores[place[0]] = files_on(service, workspace, place[0])
                if stores[place[0]].look_at(place[1]) is not None:
                    continue
            except StorageError as error:
                found[place] = error.message
                continue
            except (LazuliteError, OSError):  # the step itself will meet it, and say so
                continue
            found[place] = (
                f"Nothing is at {place[1]!r} on datastore '{place[0]}' (input '{given.name}' of step '{step.name}'). "
                "If it is not there when the step starts, its script receives a path that does not exist."
            )
    sentences = list(found.values())
    more = len(sentences) - _SHOWN
    return sentences[:_SHOWN] + ([f"… and {more} more places where nothing is."] if more > 0 else [])


def _place(given: Input, submission: Submission) -> Place | None:
    source = given.source
    if isinstance(source, DataSource):
        return source.datastore, source.path
    if isinstance(source, PathParameter):
        defaults: Mapping[str, object] = {one.name: one.default for one in submission.plan.parameters}
        value = submission.parameters.get(source.parameter, defaults.get(source.parameter))
        if isinstance(value, DataPathValue):
            return value.datastore, value.path
    return None


def _written(plan: Plan) -> Iterator[Place]:
    for step in plan.steps:
        yield from ((output.datastore, output.path) for output in step.outputs)
        for given in step.inputs:
            if given.mode == "upload" and isinstance(given.source, DataSource):
                yield given.source.datastore, given.source.path
