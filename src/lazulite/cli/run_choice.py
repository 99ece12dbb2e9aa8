"""Which run a RUN argument means: an id, a beginning of one that fits one run only, or `last`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lazulite.cli.place import Place, place, places

if TYPE_CHECKING:
    from lazulite.model.run import Run

Command = TypeVar("Command", bound=Callable[..., Any])
LAST = "last"
#: So many characters of an id are shown in tables.
SHORT = 8
_SHOWN = 5


@dataclass(frozen=True)
class Chosen:
    """A run and the workspace it is in."""

    place: Place
    run: Run

    def fresh(self) -> Run:
        """The run as it is now."""
        return self.place.service.get_run(self.place.id, self.run.id)

    def steps(self) -> list[Run]:
        """The step runs of a pipeline run, in the order of its plan."""
        from lazulite.sdk.watching import steps_in_order

        return steps_in_order(self.place.service, self.place.id, self.run.id)


def run_argument(command: Command) -> Command:
    """Give a command the argument RUN, as `run_id`."""
    return click.argument("run_id", metavar="RUN", shell_complete=complete_run)(command)


def choose(run_id: str, workspace: str | None) -> Chosen:
    """Return the run that `run_id` means.

    Args:
        run_id: An id, a beginning of one, or "last": the newest run that is not a step or child of another.
        workspace: What was given as `--workspace`. Without it an id is looked for in all workspaces in question.

    Raises:
        NotFound: there is no such run.
        Usage: several runs fit.
    """
    from lazulite.model.errors import NotFound
    from lazulite.model.run import RunQuery

    if run_id == LAST:
        here = place(workspace)
        newest = here.service.list_runs(here.id, RunQuery(top_level=True, limit=1))
        if not newest:
            raise NotFound(f"Workspace '{here.record.name}' has no runs yet.")
        return Chosen(here, newest[0])
    candidates = places(workspace)
    fitting = [Chosen(here, run) for here in candidates for run in _starting(here, run_id)]
    if not fitting:
        names = ", ".join(f"'{here.record.name}'" for here in candidates)
        raise NotFound(
            f"There is no run '{run_id}' in workspace {names}. `lazulite runs list` shows the runs there are."
        )
    if len(fitting) > 1:
        raise _several(run_id, fitting)
    return fitting[0]


def _starting(here: Place, beginning: str) -> Sequence[Run]:
    from lazulite.model.errors import InvalidName, NotFound
    from lazulite.model.run import RunQuery

    with suppress(NotFound, InvalidName):
        return [here.service.get_run(here.id, beginning)]
    return [run for run in here.service.list_runs(here.id, RunQuery()) if run.id.startswith(beginning)]


def _several(beginning: str, fitting: Sequence[Chosen]) -> Exception:
    from lazulite.cli.failures import Usage

    shown = [f"  {one.run.id}  {_what(one.run)}" for one in fitting[:_SHOWN]]
    more = len(fitting) - len(shown)
    if more:
        shown.append(f"  … and {more} more")
    return Usage(f"'{beginning}' fits {len(fitting)} runs; say more of the id:\n" + "\n".join(shown))


def _what(run: Run) -> str:
    if run.parent_id:
        return f"step '{run.name}'" if run.node else "child run"
    return f"run {run.number} of experiment '{run.experiment}'"


def complete_run(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    found: list[str] = [LAST]
    with suppress(Exception):  # completion is a courtesy: it never speaks of errors
        from lazulite.model.run import RunQuery

        for here in places(context.params.get("workspace")):
            found += [run.id for run in here.service.list_runs(here.id, RunQuery(top_level=True, limit=50))]
    return [one for one in found if one.startswith(incomplete)]
