"""`Records`: every operation on the facts, each one transaction. They stand by noun in `transactions`; what happens in
one is told by the module of its noun.

Safe for several threads and processes at once, and after a fork. All times are aware and in UTC. Where a method
takes a workspace's id, rows of other workspaces do not exist for it: single things are `NotFound`, lists are empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lazulite.records import dump
from lazulite.records.transactions.access import AccessControl
from lazulite.records.transactions.assets import Assets
from lazulite.records.transactions.deleting import Deleting
from lazulite.records.transactions.measurements import Measurements
from lazulite.records.transactions.progress import Progress
from lazulite.records.transactions.reuse import Reuse
from lazulite.records.transactions.runs import Runs
from lazulite.records.transactions.schedules import Schedules
from lazulite.records.transactions.workspaces import Workspaces


class Records(Workspaces, Assets, Runs, Progress, Reuse, Measurements, Schedules, AccessControl, Deleting):
    """The facts of one system. Made by `database.open_records`."""

    def close(self) -> None:
        """Close the connections of this process."""
        self._database.close()

    def data_version(self) -> int:
        """A number that is another one after anything was changed, by this process or another; cheap to poll."""
        return self._database.data_version()

    def dump(self) -> Iterator[str]:
        """Yield all facts as lines of text, as one state of the database."""
        with self._database.read() as connection:
            yield from dump.lines(connection)

    def load(self, lines: Iterable[str]) -> None:
        """Put back what `dump` gave, all or nothing. `Conflict` if there are records already; `Corrupt` if the lines
        are damaged."""
        with self._database.write() as connection:
            dump.load(connection, lines)
