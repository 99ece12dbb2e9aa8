"""Experiments: made by naming, listed, archived; what submit accepts."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from azureml.core import Experiment, Run, ScriptRunConfig, Workspace
from azureml.core.experiment import ViewType
from azureml.exceptions import UserErrorException


@pytest.fixture
def ws(home: Path) -> Workspace:
    return Workspace.create("first", show_output=False)


class Submitted:
    """Something that can be submitted, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}

    def _submit(self, experiment: Experiment, tags: Any, **keywords: Any) -> str:
        self.given = {"experiment": experiment, "tags": tags, **keywords}
        return "the run"


def test_naming_one_makes_it(ws: Workspace) -> None:
    first = Experiment(ws, "compare_models")
    assert Experiment(workspace=ws, name="compare_models").id == first.id
    assert list(ws.experiments) == ["compare_models"]
    assert (first.name, first.workspace.name, first.archived_time) == ("compare_models", "first", None)


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "x" * 256, None])
def test_names_are_checked(ws: Workspace, name: Any) -> None:
    with pytest.raises(UserErrorException, match=r"is not a valid experiment name. Expected 1 to 255"):
        Experiment(ws, name)
    assert ws.experiments == {}


def test_workspace_must_be_one() -> None:
    with pytest.raises(UserErrorException, match="Expected a Workspace"):
        Experiment("first", "e")  # type: ignore[arg-type]


def test_submit_hands_over_what_is_known(ws: Workspace) -> None:
    config, experiment = Submitted(), Experiment(ws, "e")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = experiment.submit(
            config,
            tags={"a": "b"},
            regenerate_outputs=True,
            pipeline_parameters={"lr": 0.1},
            continue_on_step_failure=True,
            parent_run_id="p",
            credential_passthrough=False,
        )
    assert result == "the run"
    assert config.given == {
        "experiment": experiment,
        "tags": {"a": "b"},
        "regenerate_outputs": True,
        "pipeline_parameters": {"lr": 0.1},
        "continue_on_step_failure": True,
        "parent_run_id": "p",
    }


def test_submit_names_the_nearest_keyword(ws: Workspace) -> None:
    config = Submitted()
    with pytest.warns(
        UserWarning, match="unknown keyword 'regenerate_output'. Did you mean 'regenerate_outputs'"
    ) as seen:
        Experiment(ws, "e").submit(config, regenerate_output=True)
    assert "regenerate_output" not in config.given
    assert seen[0].filename == __file__, "the warning points at the caller"


def test_old_spelling_is_understood(ws: Workspace) -> None:
    config, experiment = Submitted(), Experiment(ws, "e")
    with pytest.warns(DeprecationWarning, match="'pipeline_params' is the old spelling"):
        experiment.submit(config, pipeline_params={"a": 1})
    assert config.given["pipeline_parameters"] == {"a": 1}
    with pytest.raises(UserErrorException, match="Both 'pipeline_params' and 'pipeline_parameters'"):
        experiment.submit(config, pipeline_params={}, pipeline_parameters={})


def test_submit_of_a_script_run_says_how_to_run_it(ws: Workspace) -> None:
    config = ScriptRunConfig(".", script="train.py")
    with pytest.raises(UserErrorException, match=r"later version.* PythonScriptStep\(config\.script"):
        Experiment(ws, "e").submit(config)


def test_submit_of_something_else(ws: Workspace) -> None:
    with pytest.raises(UserErrorException, match=r"list cannot be submitted. Expected a Pipeline"):
        Experiment(ws, "e").submit([])


def test_tags(ws: Workspace) -> None:
    experiment = Experiment(ws, "e")
    experiment.tag("mark")
    experiment.set_tags({"a": "1", "b": 2})  # type: ignore[dict-item]
    assert Experiment(ws, "e").tags == {"mark": "", "a": "1", "b": "2"}
    assert experiment.remove_tags(["a", "absent"]) == {"mark": "", "b": "2"}
    Experiment(ws, "other")
    assert [one.name for one in Experiment.list(ws, tags="mark")] == ["e"]
    assert [one.name for one in Experiment.list(ws, tags={"b": "3"})] == []


def test_archived_ones_are_hidden_and_take_no_runs(ws: Workspace) -> None:
    experiment, other = Experiment(ws, "e"), Experiment(ws, "other")
    experiment.archive()
    assert list(ws.experiments) == ["other"]
    assert [one.name for one in Experiment.list(ws, view_type=ViewType.ArchivedOnly)] == ["e"]
    assert sorted(one.name for one in Experiment.list(ws, view_type=ViewType.All)) == ["e", "other"]
    assert Experiment(ws, "e").archived_time is not None
    with pytest.raises(UserErrorException, match=r"'e' is archived. Call reactivate\(\)"):
        Experiment(ws, "e").submit(Submitted())
    experiment.reactivate()
    assert sorted(ws.experiments) == ["e", "other"]
    with pytest.raises(UserErrorException, match="cannot be renamed"):
        other.reactivate("new")
    with pytest.raises(UserErrorException, match="Expected 'ActiveOnly'"):
        Experiment.list(ws, view_type="Some")


def test_interactive_run(ws: Workspace) -> None:
    experiment = Experiment(ws, "e")
    run = experiment.start_logging(display_name="by hand")
    assert isinstance(run, Run)
    run.log("loss", 0.5)
    run.complete()
    assert (run.status, run.get_metrics(), run.display_name) == ("Completed", {"loss": 0.5}, "by hand")
    second = experiment.start_logging()
    assert [one.id for one in experiment.get_runs()] == [second.id, run.id]
    assert [one.id for one in experiment.get_runs(type="azureml.interactiverun")] == [second.id, run.id]
    assert list(experiment.get_runs(type="azureml.scriptrun")) == []
    second.tag("keep", "yes")
    assert [one.id for one in experiment.get_runs(tags={"keep": "yes"})] == [second.id]
    with pytest.raises(TypeError, match="unexpected keyword argument 'displayname'"):
        experiment.start_logging(displayname="x")
    second.complete()


def test_delete_spares_what_has_runs(ws: Workspace) -> None:
    empty, used = Experiment(ws, "empty"), Experiment(ws, "used")
    used.start_logging().complete()
    with pytest.raises(UserErrorException, match="'used' has runs, and is not deleted"):
        Experiment.delete(ws, used.id)
    Experiment.delete(ws, empty.id)
    assert list(ws.experiments) == ["used"]
    with pytest.raises(UserErrorException, match="no experiment with id"):
        Experiment.delete(ws, empty.id)


def test_shown_in_a_notebook(ws: Workspace) -> None:
    experiment = Experiment(ws, "e")
    assert repr(experiment) == "Experiment(Name: e,\nWorkspace: first)"
    assert experiment.get_portal_url().startswith("file://")
    assert "<td>e</td><td>first</td>" in experiment._repr_html_()


def test_from_a_folder(ws: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "my-project"
    folder.mkdir()
    ws.write_config(folder)
    assert Experiment.from_directory(folder).name == "my-project"
