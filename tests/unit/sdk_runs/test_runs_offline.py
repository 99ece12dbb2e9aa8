"""The offline run: a script outside of any job works, prints, and cannot tell the difference."""

import pytest

from lazulite.model.outbox import ENV_OUTBOX
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.offline_run import _OfflineRun
from lazulite.sdk.run import Run


@pytest.fixture
def run(monkeypatch):
    monkeypatch.delenv("AZUREML_RUN_ID", raising=False)
    monkeypatch.delenv(ENV_OUTBOX, raising=False)
    return Run.get_context()


def test_it_is_exactly_the_class_that_scripts_compare_with(run):
    assert type(run) == _OfflineRun  # noqa: E721 - what published scripts write
    assert run.id.startswith("OfflineRun_")


def test_metrics_are_printed_and_remembered(run, capsys):
    run.log("loss", 0.5)
    run.log("loss", 0.25)
    run.log_row("row", x=1)
    assert "Attempted to log scalar metric loss:\n0.5" in capsys.readouterr().out
    assert run.get_metrics() == {"loss": [0.5, 0.25], "row": {"x": 1}}
    assert run.get_metrics("loss") == {"loss": [0.5, 0.25]}


def test_wrong_use_is_found_before_submission(run, tmp_path):
    with pytest.raises(UserErrorException):
        run.log("loss", [1])
    with pytest.raises(UserErrorException, match="does not exist"):
        run.upload_file("outputs/a", tmp_path / "missing")


def test_parent_experiment_and_inputs_are_there(run, monkeypatch, tmp_path, capsys):
    run.parent.cancel()
    assert run.parent.status == "Canceled"
    assert run.parent.parent is None
    assert run.experiment.name == "offline"
    monkeypatch.setenv("AZUREML_DATASET_ENVIRONMENT_VARS", "raw:Mount,other:Direct")
    monkeypatch.setenv("raw", "/data/raw")
    assert run.input_datasets["raw"] == "/data/raw"
    with pytest.raises(KeyError, match="set AZUREML_DATASET_ENVIRONMENT_VARS"):
        run.input_datasets["missing"]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserErrorException):
        _ = run.experiment.workspace


def test_tags_properties_and_life(run):
    run.tag("a", 1)
    run.set_tags({"b": "2"})
    assert run.remove_tags("a") == {"b": "2"} == run.get_tags()
    run.add_properties({"p": "q"})
    assert run.get_properties() == {"p": "q"}
    with run:
        run.child_run("inner").complete()
    assert run.get_status() == "Completed"
    with pytest.raises(ZeroDivisionError), run:
        _ = 1 / 0
    assert run.get_status() == "Failed"


def test_children_are_asked_for_as_of_a_real_run(run):
    assert [child.tags for child in run.create_children(tag_key="fold", tag_values=[1, 2])] == [
        {"fold": "1"},
        {"fold": "2"},
    ]
    assert len(run.create_children(count=3)) == 3
    for wrong in ({}, {"count": 2, "tag_key": "fold", "tag_values": [1]}, {"tag_key": "fold"}, {"count": 0}):
        with pytest.raises(UserErrorException, match="create_children"):
            run.create_children(**wrong)
