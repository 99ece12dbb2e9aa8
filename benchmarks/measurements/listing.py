"""The first page of a workspace that has seen 100,000 runs."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from benchmarks import programs
from benchmarks.bench import Bench
from benchmarks.ours.home import Home, Wrong, home
from lazulite.model import ids
from lazulite.model.run import Run, RunKind, RunStatus
from lazulite.records import run_rows
from lazulite.records.database import Database
from lazulite.records.sqlite import url_of_home

KEY = "listing"
#: How the names of the questions that ask for a first page begin.
FIRST_PAGE = "first page: "
_PAGE = 50
_TURNS = 15
_STEPS = 99  # of each pipeline run
_EXPERIMENTS = 10
_AT_ONCE = 5000


def measure(bench: Bench) -> None:
    """Fill the records, then ask for pages of 50, by the service and by the command line."""
    count = bench.sizes.runs
    group = bench.results.group(
        KEY,
        f"Listing a workspace with {count:,} runs",
        "ms",
        text=f"Pages of {_PAGE}. The records are filled with finished pipeline runs of {_STEPS} steps each, with tags and "
        f"properties, in {_EXPERIMENTS} experiments; the queries are those of the service that the SDK and the command line "
        "ask. The last row is a whole program, its start included.",
    )
    with home(bench.new_folder("listing") / "home") as place:
        place.start()
        _fill(place, count)
        turns = min(_TURNS, bench.sizes.starts)
        answer = place.call("listing.py", place.workspace, str(_PAGE), str(turns), limit=bench.limit)
        for question, values in answer.items():
            for value in values:
                group.add(question, value)
            bench.say(f"Listing · {question}: {group.median(question) or 0:.1f} ms")
        command = [str(Path(sys.executable).with_name("lazulite")), "runs", "list"]
        for _ in range(3):
            ended = programs.run(command, place.folder.parent, place.environment, bench.limit)
            if ended.timed_out or ended.code:
                raise Wrong(f"lazulite runs list: {ended.failure}")
            group.add("lazulite runs list", ended.wall * 1000)


def _fill(place: Home, count: int) -> None:
    """Write finished runs straight into the records, many at once: submitting them would take an hour."""
    runs = itertools.islice(_runs(place.workspace), count)
    database = Database(url_of_home(place.folder))
    try:
        while some := list(itertools.islice(runs, _AT_ONCE)):
            with database.write() as connection:
                run_rows.insert_runs(connection, some)
    finally:
        database.close()


def _runs(workspace: str) -> Iterator[Run]:
    at = datetime.now(timezone.utc) - timedelta(days=300)
    for number in itertools.count(1):
        experiment = f"experiment{number % _EXPERIMENTS}"
        status = RunStatus.FAILED if number % 7 == 0 else RunStatus.COMPLETED
        parent = ids.new_id()
        for place in range(_STEPS + 1):
            at += timedelta(seconds=1)
            own = ids.new_id() if place else parent
            yield Run(
                id=own,
                workspace=workspace,
                experiment=experiment,
                kind=RunKind.STEP if place else RunKind.PIPELINE,
                status=status if place in (0, _STEPS) else RunStatus.COMPLETED,
                created_at=at,
                name=f"step{place}" if place else "",
                number=0 if place else number,
                parent_id=parent if place else None,
                root_id=parent,
                node=f"n{place}" if place else None,
                started_at=at,
                ended_at=at + timedelta(seconds=1),
                tags={"team": "blue"},
                properties={"azureml.runsource": "benchmark"},
                target="cluster" if place else None,
                artifact_datastore="workspaceartifactstore",
                artifact_path=f"ExperimentRun/dcid.{own}",
                submitted_by="benchmark",
            )
