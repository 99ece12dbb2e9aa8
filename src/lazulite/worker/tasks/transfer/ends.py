"""The two ends of a transfer, as the step's author gave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

from lazulite.model.databases import is_database
from lazulite.model.errors import InvalidRequest
from lazulite.model.job import JobInput, JobOutput
from lazulite.worker.inputs import any_store_of
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.transfer.databases import Database
from lazulite.worker.tasks.transfer.kinds import Spot


@dataclass(frozen=True)
class Rowset:
    """Rows of a database: `asked` is a table, a query, or a stored procedure with its parameters.

    `name` is what a file of them is called where its directory was given.
    """

    database: Database
    asked: Mapping[str, Any]
    name: str

    def __str__(self) -> str:
        kind = next(iter(self.asked))
        return f"the {kind} {self.asked[kind]!r} on {self.database.title}"


End = Union[Spot, Rowset]


def ends(order: TaskOrder) -> tuple[End, End]:
    """Return source and destination.

    Raises:
        InvalidRequest: a datastore holds files where rows are meant, or the other way round; or its type is not known.
        Corrupt: a datastore's credentials cannot be opened.
    """
    job, settings = order.job, order.settings
    return (
        _end(order, job.inputs[0], settings["source"], "source"),
        _end(order, job.outputs[0], settings["destination"], "destination"),
    )


def _end(order: TaskOrder, place: JobInput | JobOutput, settings: Mapping[str, Any], which: str) -> End:
    record = order.job.datastores[place.datastore]
    asked = {
        name: settings[name] for name in ("table", "query", "procedure", "parameters") if name in settings
    }
    if is_database(record):
        if not asked:
            raise InvalidRequest(
                f"The {which} is on the datastore '{record.name}', which is a database. Give a SqlDataReference with a "
                f"table{' or a query' if which == 'source' else ''} instead of a path."
            )
        name = str(asked["table"]).rpartition(".")[2].strip('[]"`') if "table" in asked else place.name
        return Rowset(Database(record, order.job.home), asked, name)
    if asked:
        raise InvalidRequest(
            f"The {which} is a SqlDataReference, and the datastore '{record.name}' ({record.type}) holds files. Give a "
            "datastore that is a database, or a DataReference."
        )
    return Spot(any_store_of(order.job, place.datastore), place.path, settings.get("type"))
