"""The runs of a loopback Databricks: each goes through states that a test has written down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lazulite.testing.databricks_refusals import Refused

_LONGEST_TOKEN = 64
_TASK_KINDS = ("notebook_task", "spark_python_task", "spark_jar_task")
_ENDED = ("TERMINATED", "SKIPPED", "INTERNAL_ERROR")


@dataclass(frozen=True)
class State:
    """What `runs/get` says: `life` is its life_cycle_state, `result` its result_state once it is over."""

    life: str
    result: str | None = None
    message: str = ""
    #: `status.termination_details`: code, type, message; {} for none.
    termination: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_last(self) -> bool:
        return self.life in _ENDED

    def as_data(self) -> dict[str, Any]:
        """As the service writes it."""
        state = {"life_cycle_state": self.life, "state_message": self.message}
        found: dict[str, Any] = {"state": {**state, **({"result_state": self.result} if self.result else {})}}
        if self.termination:
            found["status"] = {"state": self.life, "termination_details": dict(self.termination)}
        return found


PENDING = State("PENDING", message="Waiting for cluster")
RUNNING = State("RUNNING", message="In run")
SUCCESS = State("TERMINATED", "SUCCESS")
#: What a run does if the test says nothing.
WELL = (PENDING, RUNNING, SUCCESS)


@dataclass
class SubmittedRun:
    """One run. Each look at it goes one state further; at the last it stays, until the test appends more."""

    id: int
    request: Mapping[str, Any]
    states: list[State]
    output: Mapping[str, Any]
    place: int = 0
    looks: int = 0
    is_cancel_asked: bool = False

    @property
    def task_id(self) -> int:
        return self.id + 1

    @property
    def task(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.request["tasks"][0]
        return found

    @property
    def state(self) -> State:
        return self.states[min(self.place, len(self.states) - 1)]

    @property
    def is_over(self) -> bool:
        return self.state.is_last


class Runs:
    """`/jobs/runs/*`.

    Args:
        address: From a run's id to its page.
        on_end: Called when a run is seen to have ended well, to do what its code would have done.
    """

    def __init__(self, address: Callable[[int], str]) -> None:
        self.submitted: list[SubmittedRun] = []
        self.on_end: Callable[[SubmittedRun], None] = lambda _: None
        #: Ids that clusters must have for a run to be taken.
        self.clusters: Mapping[str, Any] = {}
        self._address = address
        self._tokens: dict[str, SubmittedRun] = {}
        self._planned: list[tuple[list[State], Mapping[str, Any]]] = []
        self._lock = threading.Lock()

    def plan(self, *states: State, output: Mapping[str, Any] | None = None) -> None:
        """Say how the next run that is submitted will go, and what `get-output` answers then."""
        self._planned.append((list(states), output or {}))

    # --- the API ---

    def submit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST runs/submit."""
        token = body.get("idempotency_token") or ""
        if len(token) > _LONGEST_TOKEN:
            raise Refused(
                400, "INVALID_PARAMETER_VALUE", "idempotency_token must have at most 64 characters."
            )
        with self._lock:
            if token in self._tokens:
                return {"run_id": self._tokens[token].id}
            self._check(body)
            states, output = self._planned.pop(0) if self._planned else (list(WELL), {})
            run = SubmittedRun(1000 + 10 * len(self.submitted), body, states, output)
            self.submitted.append(run)
            if token:
                self._tokens[token] = run
        return {"run_id": run.id}

    def get(self, query: Mapping[str, str]) -> dict[str, Any]:
        """GET runs/get."""
        run = self._run(query.get("run_id"))
        with self._lock:
            run.looks += 1
            now = run.state
            run.place = min(run.place + 1, len(run.states))
        if now.is_last and now.result == "SUCCESS":
            self.on_end(run)
        task = {"run_id": run.task_id, "task_key": run.task["task_key"], **now.as_data()}
        return {
            "run_id": run.id,
            "run_name": run.request.get("run_name", "Untitled"),
            "run_page_url": self._address(run.id),
            "tasks": [task],
            **now.as_data(),
        }

    def output(self, query: Mapping[str, str]) -> dict[str, Any]:
        """GET runs/get-output: of a task, never of the run around it."""
        asked = query.get("run_id")
        if any(str(run.id) == asked for run in self.submitted):
            raise Refused(
                400,
                "INVALID_PARAMETER_VALUE",
                "Retrieving the output of runs with multiple tasks is not supported.",
            )
        run = next((run for run in self.submitted if str(run.task_id) == asked), None)
        if run is None:
            raise _unknown(asked)
        return {"metadata": {"run_id": run.task_id, **run.state.as_data()}, **run.output}

    def cancel(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST runs/cancel: asked now, done at a later look."""
        run = self._run(body.get("run_id"))
        with self._lock:
            run.is_cancel_asked = True
            if not run.is_over:
                run.states[run.place :] = [
                    State("TERMINATING", message="Cancelling"),
                    State("TERMINATED", "CANCELED", "Run cancelled."),
                ]
        return {}

    def _run(self, asked: Any) -> SubmittedRun:
        for run in self.submitted:
            if str(run.id) == str(asked):
                return run
        raise _unknown(asked)

    def _check(self, body: Mapping[str, Any]) -> None:
        tasks: Sequence[Mapping[str, Any]] = body.get("tasks") or ()
        if len(tasks) != 1:
            raise Refused(400, "INVALID_PARAMETER_VALUE", "Exactly one task is expected here.")
        kinds = [kind for kind in _TASK_KINDS if kind in tasks[0]]
        if len(kinds) != 1:
            raise Refused(400, "INVALID_PARAMETER_VALUE", f"A task needs one of {', '.join(_TASK_KINDS)}.")
        if ("new_cluster" in tasks[0]) == ("existing_cluster_id" in tasks[0]):
            raise Refused(400, "INVALID_PARAMETER_VALUE", "Give new_cluster or existing_cluster_id.")
        cluster = tasks[0].get("existing_cluster_id")
        if cluster is not None and cluster not in self.clusters:
            raise Refused(400, "INVALID_PARAMETER_VALUE", f"Cluster {cluster} does not exist")


def _unknown(asked: Any) -> Refused:
    return Refused(400, "INVALID_PARAMETER_VALUE", f"Run {asked} does not exist.")
