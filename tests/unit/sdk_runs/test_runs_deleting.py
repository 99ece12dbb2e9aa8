"""Deleting runs and experiments from the SDK."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.run import Run
from lazulite.sdk.workspace import Workspace


@pytest.fixture
def shop(home: Path) -> Workspace:
    return Workspace.create("deleting")


def test_a_run_is_deleted_when_it_has_ended(shop: Workspace, tmp_path: Path) -> None:
    run = Experiment(shop, "notes").start_logging()
    file = tmp_path / "note.txt"
    file.write_text("four")
    run.upload_file("note.txt", str(file))
    with pytest.raises(UserErrorException, match="has not ended"):
        run.delete()
    run.complete()
    forecast = run.delete(dry_run=True)
    assert (forecast.run_ids, forecast.by_kind["artifacts"], forecast.is_dry_run) == ((run.id,), 4, True)
    assert run.delete().bytes == forecast.bytes
    with pytest.raises(UserErrorException):
        Run.get(shop, run.id)


def test_an_experiment_is_deleted_as_in_v1_or_with_its_runs(shop: Workspace) -> None:
    experiment = Experiment(shop, "notes")
    experiment.start_logging().complete()
    with pytest.raises(UserErrorException, match="has runs"):
        Experiment.delete(shop, experiment.id)
    Experiment.delete(shop, experiment.id, with_runs=True)
    assert Experiment.list(shop) == []
    with pytest.raises(UserErrorException):
        Experiment.delete(shop, experiment.id)


def test_settings_of_a_workspace_are_changed_one_by_one(shop: Workspace) -> None:
    assert shop.settings == {}
    shop.update(settings={"schedules.missed": "run-once"})
    shop.update(settings={"reuse.scope": "script"})
    assert shop.settings == {"schedules.missed": "run-once", "reuse.scope": "script"}
    shop.update(settings={"reuse.scope": None})
    assert Workspace.get("deleting").settings == {"schedules.missed": "run-once"}
    with pytest.raises(UserErrorException, match=r"schedules\.missed"):
        shop.update(settings={"schedules.mised": "skip"})
