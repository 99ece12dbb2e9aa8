"""Drafts: kept, changed, run and published."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.publishing.pipeline_draft import PipelineDraft
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace


@pytest.fixture
def draft(shop: Workspace, pipeline: Pipeline) -> PipelineDraft:
    return PipelineDraft.create(
        workspace=shop,
        name="TestPipelineDraft",
        description="draft description",
        experiment_name="helloworld",
        pipeline=pipeline,
        pipeline_parameters={"word": "drafted"},
        continue_on_step_failure=True,
        tags={"dev": "true"},
        properties={"train": "value"},
    )


def test_a_draft_is_kept_and_found(shop: Workspace, draft: PipelineDraft, pipeline: Pipeline) -> None:
    again = PipelineDraft.get(shop, id=draft.id)
    assert (again.name, again.description) == ("TestPipelineDraft", "draft description")
    assert (again.tags, again.properties) == ({"dev": "true"}, {"train": "value"})
    assert [node.name for node in again.get_graph().module_nodes] == ["say"]
    other = PipelineDraft.create(shop, pipeline)
    assert (other.name, other.parent_step_run_ids) == ("says a word", [])
    assert [one.id for one in PipelineDraft.list(shop)] == [other.id, draft.id]
    assert [one.id for one in PipelineDraft.list(shop, tags={"dev": "true"})] == [draft.id]
    other.delete()
    with pytest.raises(UserErrorException):
        PipelineDraft.get(shop, other.id)


def test_it_runs_with_its_values_and_remembers_the_run(shop: Workspace, draft: PipelineDraft) -> None:
    run = draft.submit_run()
    submission = shop._service.get_submission(shop._id, run.id)
    assert (submission.experiment, submission.parameters) == ("helloworld", {"word": "drafted"})
    assert (submission.continue_on_step_failure, run.tags) == (True, {"dev": "true"})
    assert PipelineDraft.get(shop, draft.id).last_submitted_pipeline_run_id == run.id
    other = Experiment(shop, "elsewhere").submit(draft, tags={"x": "y"}, pipeline_parameters={"times": 3})
    submission = shop._service.get_submission(shop._id, other.id)
    assert submission.parameters == {"word": "drafted", "times": 3}
    assert other.tags == {"dev": "true", "x": "y"}


def test_it_is_changed_and_published(shop: Workspace, draft: PipelineDraft, code: Path) -> None:
    step = PythonScriptStep("say.py", name="another", compute_target="local", source_directory=str(code))
    published = draft.publish()
    assert (published.name, published.parameters["word"]) == ("TestPipelineDraft", "drafted")
    draft.update(name="Updated", pipeline=Pipeline(shop, [step]), tags={})
    again = PipelineDraft.get(shop, draft.id)
    assert (again.name, again.description, again.tags) == ("Updated", "draft description", {})
    assert again.publish().get_step_names() == ["another"]
    with pytest.raises(ValueError, match="word"):
        draft.update(pipeline_parameters={"word": "gone"})


def test_it_is_made_from_whatever_has_a_plan(
    shop: Workspace, draft: PipelineDraft, pipeline: Pipeline
) -> None:
    published = pipeline.publish("published")
    run = pipeline.submit("runs", {"times": 4})
    assert PipelineDraft.create(shop, published).parent_pipeline_id == published.id
    of_run = PipelineDraft.create(shop, run)
    assert of_run.parent_pipeline_run_id == run.id
    assert of_run.publish().parameters == {"word": "hello", "times": 4}
    assert PipelineDraft.create(shop, draft).parent_pipeline_draft_id == draft.id
    with pytest.raises(ValueError, match="Expected a Pipeline"):
        PipelineDraft.create(shop, "text")
    for wrong in ({"experiment_name": "no/slash"}, {"pipeline_parameters": {"times": "4"}}):
        with pytest.raises(UserErrorException, match=r"no/slash|times"):
            PipelineDraft.create(shop, pipeline, **wrong)
