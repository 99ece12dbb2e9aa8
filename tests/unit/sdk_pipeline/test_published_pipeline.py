"""Publishing a pipeline, finding it again, and starting it. Nothing here waits for a step, but for one test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lazulite.model.publishing import IGNORED_PARAMETERS, PIPELINE_ID
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.publishing.published_pipeline import PublishedPipeline
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace


def test_what_is_published_has_all_that_v1_shows(shop: Workspace, pipeline: Pipeline) -> None:
    published = pipeline.publish(
        name="My_Published_Pipeline",
        description="My Description",
        version="1.0",
        continue_on_step_failure=True,
    )
    assert (published.name, published.description, published.version) == (
        "My_Published_Pipeline",
        "My Description",
        "1.0",
    )
    assert (published.status, published.total_run_steps, published.continue_on_step_failure) == (
        "Active",
        1,
        True,
    )
    assert published.get_step_names() == ["say"]
    assert published.parameters == {"word": "hello", "times": 10}
    assert [node.name for node in published.get_graph().module_nodes] == ["say"]
    assert published.id in str(published)
    again = PublishedPipeline.get(shop, published.id)
    assert (again.id, again.graph_id, again.name) == (published.id, published.graph_id, published.name)
    assert pipeline.publish("same").graph_id == published.graph_id
    with pytest.raises(UserErrorException, match="YAML"):
        published.save("file.yml")


def test_it_is_found_by_name_and_version(shop: Workspace, pipeline: Pipeline) -> None:
    first, second = (pipeline.publish("train", version=version) for version in ("1", "2"))
    third = pipeline.publish("other")
    assert PublishedPipeline.get(shop, name="train").id == second.id
    assert PublishedPipeline.get(shop, name="train", version="1").id == first.id
    second.disable()
    assert PublishedPipeline.get(shop, name="train").id == first.id
    assert [one.id for one in PublishedPipeline.list(shop)] == [third.id, first.id]
    assert [one.id for one in PublishedPipeline.get_all(shop, active_only=False)] == [
        third.id,
        second.id,
        first.id,
    ]
    for wrong in ({"name": "tr"}, {"name": "train", "version": "3"}, {"id": "unknown"}, {}):
        with pytest.raises(ValueError, match=r"train|unknown|Give"):
            PublishedPipeline.get(shop, **wrong)


def test_publishing_can_supersede_older_ones_of_the_name(shop: Workspace, pipeline: Pipeline) -> None:
    older, other = pipeline.publish("train"), pipeline.publish("other")
    newer = pipeline.publish("train", supersede=True)
    assert [one.id for one in PublishedPipeline.list(shop)] == [newer.id, other.id]
    assert PublishedPipeline.get(shop, older.id).status == "Deprecated"
    older.submit(shop, "still-callable").cancel()


def test_a_disabled_one_cannot_be_started_until_it_is_enabled(shop: Workspace, pipeline: Pipeline) -> None:
    published = pipeline.publish("train")
    published.disable()
    assert PublishedPipeline.get(shop, published.id).status == "Disabled"
    with pytest.raises(ValueError, match="disabled"):
        published.submit(shop, "starts")
    published.enable()
    run = published.submit(shop, "starts")
    assert isinstance(run, PipelineRun)
    assert [one.id for one in PipelineRun.get_pipeline_runs(shop, published.id)] == [run.id]
    published.delete()
    with pytest.raises(UserErrorException):
        PublishedPipeline.get(shop, published.id)


def test_values_are_converted_and_unknown_names_ignored_with_a_warning(
    shop: Workspace, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    published = pipeline.publish("train")
    with pytest.warns(UserWarning, match="no parameter 'wrod'.* Did you mean 'word'"):
        run = Experiment(shop, "starts").submit(
            published, tags={"a": "1"}, pipeline_parameters={"times": "20", "wrod": "x"}
        )
    assert f"Submitted PipelineRun {run.id}" in capsys.readouterr().out
    submission = shop._service.get_submission(shop._id, run.id)
    assert submission.parameters == {"times": 20}
    assert run.properties[PIPELINE_ID] == published.id
    assert run.properties[IGNORED_PARAMETERS] == '["wrod"]'
    assert run.tags == {"a": "1"}
    with pytest.warns(UserWarning, match="ignores the unknown keyword 'resume'"):
        Experiment(shop, "starts").submit(published, resume=run).cancel()
    for wrong, word in (({"times": "many"}, "whole number"), ({"times": [1]}, "list"), ([1], "dict")):
        with pytest.raises(ValueError, match=word):
            published.submit(shop, "starts", wrong)  # type: ignore[arg-type]


def test_it_is_frozen(shop: Workspace, pipeline: Pipeline, code: Path) -> None:
    published = pipeline.publish("train")
    (code / "say.py").write_text("raise SystemExit('edited')")
    shutil.rmtree(code)
    run = PublishedPipeline.get(shop, published.id).submit(shop, "starts", {"word": "frozen"})
    assert run.wait_for_completion(show_output=False) == "Finished"
    assert "frozen" in run.find_step_run("say")[0].get_stdout_log()


def test_a_run_is_published_with_its_code(shop: Workspace, pipeline: Pipeline) -> None:
    run = pipeline.submit("runs", {"word": "other"}, continue_on_step_failure=True)
    published = run.publish_pipeline("from a run", "its pipeline", "3")
    assert (published.version, published.continue_on_step_failure) == ("3", True)
    assert published.parameters["word"] == "hello"
    record = published._record
    assert (record.source_run_id, record.interpreter != "") == (run.id, True)
    with pytest.raises(TypeError, match="unheard"):
        run.publish_pipeline("x", "y", "1", unheard=1)
    run.cancel()


def test_publishing_refuses_what_cannot_run(shop: Workspace, pipeline: Pipeline, code: Path) -> None:
    with pytest.raises(ValueError, match="control character"):
        pipeline.publish("two\nlines")
    shutil.rmtree(code)
    with pytest.raises(UserErrorException, match="code does not exist"):
        pipeline.publish("gone")
    assert PublishedPipeline.list(shop) == []


def test_the_current_directory_as_code_is_warned_of(
    shop: Workspace, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(code)
    step = PythonScriptStep("say.py", name="say", compute_target="local")
    with pytest.warns(UserWarning, match="No source_directory was given for 'say'") as caught:
        Pipeline(shop, [step]).publish("here")
    assert caught[0].filename == __file__
