"""The part of the service's contract that is about finding and counting runs. See `service_contract`."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from lazulite.api.service import Service
from lazulite.model import errors
from lazulite.model.run import Metric, Run, RunKind, RunPatch, RunQuery, RunStatus, StepCounts
from lazulite.testing.sample_runs import store_snapshot, submission, wait

NOON = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)


def add(service: Service, workspace: str, title: str, minutes: float = 0, **fields: Any) -> Run:
    """An interactive run that began some minutes after noon."""
    values = {"experiment": "found", "status": RunStatus.RUNNING, **fields}
    created = NOON + timedelta(minutes=minutes)
    run = Run("", workspace, kind=RunKind.INTERACTIVE, created_at=created, display_name=title, **values)
    return service.create_run(workspace, run)


class SearchingContract:
    """Finding runs by what they are, in pages, and counting them."""

    def test_runs_are_found_by_what_one_knows_of_them(self, service: Service, workspace: str) -> None:
        slow = add(service, workspace, "Slow learner", 0, name="slow", tags={"pace": "slow"})
        fast = add(service, workspace, "fast", 10, properties={"azureml.parameters": '{"rate": 0.5}'})
        service.add_metrics(workspace, fast.id, [Metric("accuracy", "scalar", 0.93, NOON)])

        def found(**fields: Any) -> list[str | None]:
            return [one.display_name for one in service.list_runs(workspace, RunQuery(**fields))]

        assert found() == ["fast", "Slow learner"]
        assert found(ascending=True) == found(order="name") == ["Slow learner", "fast"]
        assert found(text="SLOW") == found(tags={"pace": "slow"}) == ["Slow learner"]
        assert found(metrics={"accuracy": ">= 0.9"}) == found(parameters={"rate": "0.5"}) == ["fast"]
        assert found(created_after=NOON + timedelta(minutes=10)) == ["fast"]
        assert found(created_before=NOON + timedelta(minutes=10)) == ["Slow learner"]
        assert found(submitted_by="nobody") == []
        assert found(after=fast.id) == ["Slow learner"]
        assert found(unresolved=True) == []
        service.update_run(workspace, slow.id, RunPatch(status=RunStatus.FAILED))
        assert found(unresolved=True) == ["Slow learner"]
        assert service.count_runs(workspace, RunQuery(limit=1)) == {"Failed": 1, "Running": 1}
        for unclear in (RunQuery(order="colour"), RunQuery(metrics={"accuracy": "high"})):
            with pytest.raises(errors.InvalidRequest):
                service.list_runs(workspace, unclear)
        with pytest.raises(errors.NotFound):
            service.list_runs(workspace, RunQuery(after="no-such-run"))

    @pytest.mark.slow
    def test_steps_and_metrics_are_gathered_for_many_runs(self, service: Service, workspace: str) -> None:
        run = service.submit(workspace, submission(store_snapshot(service, workspace)))
        wait(service, workspace, run.id)
        (step,) = service.list_runs(workspace, RunQuery(parent_id=run.id))
        values = [Metric("loss", "scalar", value, NOON) for value in (2.0, 1.0)]
        service.add_metrics(workspace, step.id, values)
        asked = (run.id, "no-such-run")
        assert service.count_steps(workspace, asked) == {run.id: StepCounts(1, 0, {"Completed": 1})}
        assert service.latest_metrics(workspace, asked) == {run.id: {"loss": 1.0}}
