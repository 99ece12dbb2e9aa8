"""How long the first page of a long list of runs takes, for a client that has just opened the workspace.

usage: listing.py WORKSPACE_ID PAGE TURNS ANSWER_JSON
"""

import json
import os
import sys
import time
from pathlib import Path

from lazulite.api.connect import connect
from lazulite.model.run import RunKind, RunQuery, RunStatus


def main(workspace: str, page: str, turns: str, answer: str) -> None:
    """Ask each question so often; write milliseconds by question."""
    service = connect(os.environ["LAZULITE_HOME"])
    size = int(page)
    newest = service.list_runs(workspace, RunQuery(top_level=True, limit=1))[0]
    questions = {
        "first page: all runs": RunQuery(limit=size),
        "first page: pipeline runs": RunQuery(kind=RunKind.PIPELINE, limit=size),
        "first page: top-level runs of an experiment": RunQuery(
            experiment="experiment3", top_level=True, limit=size
        ),
        "first page: failed runs": RunQuery(statuses=(RunStatus.FAILED,), limit=size),
        "first page: steps of a run": RunQuery(parent_id=newest.id, limit=size),
        "a page in the middle": RunQuery(limit=size, offset=50_000),
    }
    taken: dict[str, list[float]] = {question: [] for question in questions}
    for _ in range(int(turns)):
        for question, query in questions.items():
            started = time.perf_counter()
            service.list_runs(workspace, query)
            taken[question].append((time.perf_counter() - started) * 1000)
    Path(answer).write_text(json.dumps(taken), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
