"""Endpoints: versions of a published pipeline under one name, and which of them answers."""

from __future__ import annotations

import multiprocessing

import pytest

from lazulite.model.publishing import ENDPOINT_ID, PIPELINE_ID
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.publishing.pipeline_endpoint import PipelineEndpoint
from lazulite.sdk.publishing.published_pipeline import PublishedPipeline
from lazulite.sdk.workspace import Workspace


def test_versions_are_counted_from_zero_and_one_is_the_default(shop: Workspace, pipeline: Pipeline) -> None:
    first, second, third = (pipeline.publish(name) for name in ("one", "two", "three"))
    endpoint = PipelineEndpoint.publish(shop, "stable", "where callers go", first)
    assert (endpoint.name, endpoint.description, endpoint.status) == ("stable", "where callers go", "Active")
    endpoint.add(second)
    assert endpoint.get_default_version() == endpoint.default_version == "0"
    endpoint.add_default(third)
    assert endpoint.default_version == "2"
    assert [(one.version, one.pipeline.id) for one in endpoint.list_versions()] == [
        ("0", first.id),
        ("1", second.id),
        ("2", third.id),
    ]
    assert [(one.version, one.pipeline_id) for one in endpoint.pipeline_version_list][1] == ("1", second.id)
    assert (endpoint.get_pipeline().id, endpoint.get_pipeline("1").id) == (third.id, second.id)
    endpoint.set_default(second)
    assert endpoint.get_default_version() == "1"
    endpoint.set_default_version("0")
    second.disable()
    assert [one.id for one in endpoint.list_pipelines()] == [first.id, third.id]
    assert len(endpoint.get_all_pipelines(active_only=False)) == len(endpoint.get_all_versions()) == 3
    stranger = pipeline.publish("stranger")
    for wrong in (
        lambda: endpoint.add(second),
        lambda: endpoint.set_default(stranger),
        lambda: endpoint.set_default_version("9"),
        lambda: endpoint.get_pipeline("9"),
        lambda: endpoint.add("text"),
        second.delete,
    ):
        with pytest.raises(ValueError, match=r"version|Expected"):
            wrong()


def test_a_pipeline_is_published_first(shop: Workspace, pipeline: Pipeline) -> None:
    endpoint = PipelineEndpoint.publish(shop, "stable", "", pipeline)
    assert endpoint.get_pipeline().name.startswith("stable-")
    assert endpoint.get_pipeline().name.endswith("-Pipeline")
    with pytest.raises(ValueError, match="stable"):
        PipelineEndpoint.publish(shop, "stable", "", pipeline)
    assert len(PublishedPipeline.list(shop)) == 1


def test_it_is_found_by_id_and_by_name(shop: Workspace, pipeline: Pipeline) -> None:
    endpoint = PipelineEndpoint.publish(shop, "stable", "", pipeline)
    other = PipelineEndpoint.publish(shop, "other", "", pipeline)
    assert PipelineEndpoint.get(shop, id=endpoint.id).name == PipelineEndpoint.get(shop, name="stable").name
    assert [one.name for one in PipelineEndpoint.list(shop)] == ["other", "stable"]
    assert [one.name for one in PipelineEndpoint.list(shop, max_results=1)] == ["other"]
    other.disable()
    assert [one.name for one in PipelineEndpoint.get_all(shop)] == ["stable"]
    assert len(PipelineEndpoint.list(shop, active_only=False)) == 2
    with pytest.raises(ValueError, match=r"stabel.*stable"):
        PipelineEndpoint.get(shop, name="stabel")
    for both in ({}, {"id": "a", "name": "b"}):
        with pytest.raises(ValueError, match="Give"):
            PipelineEndpoint.get(shop, **both)


def test_archived_and_brought_back(shop: Workspace, pipeline: Pipeline) -> None:
    endpoint = PipelineEndpoint.publish(shop, "stable", "", pipeline)
    endpoint.archive()
    assert (endpoint.status, endpoint.name != "stable") == ("Disabled", True)
    with pytest.raises(ValueError, match="archived"):
        endpoint.submit("starts")
    with pytest.raises(ValueError, match="archived"):
        endpoint.enable()
    PipelineEndpoint.publish(shop, "stable", "", pipeline)
    with pytest.raises(ValueError, match="exists already"):
        endpoint.reactivate("stable")
    endpoint.reactivate("stable-old")
    endpoint.set_name("older")
    assert PipelineEndpoint.get(shop, name="older").id == endpoint.id
    endpoint.submit("starts").cancel()


def test_it_starts_the_version_that_is_asked_for(shop: Workspace, pipeline: Pipeline) -> None:
    first, second = pipeline.publish("one"), pipeline.publish("two")
    endpoint = PipelineEndpoint.publish(shop, "stable", "", first)
    endpoint.add(second)
    by_default = endpoint.submit("starts", {"times": "3"})
    by_version = Experiment(shop, "starts").submit(endpoint, tags={"endpoint_tag": "1"}, pipeline_version="1")
    assert [run.properties[PIPELINE_ID] for run in (by_default, by_version)] == [first.id, second.id]
    assert {run.properties[ENDPOINT_ID] for run in (by_default, by_version)} == {endpoint.id}
    assert by_version.tags == {"endpoint_tag": "1"}
    endpoint.disable()
    with pytest.raises(ValueError, match="disabled"):
        endpoint.submit("starts")
    endpoint.enable()
    with pytest.raises(ValueError, match="'7'"):
        endpoint.submit("starts", pipeline_version="7")


@pytest.mark.slow
def test_versions_added_by_several_processes_are_all_kept(shop: Workspace, pipeline: Pipeline) -> None:
    endpoint = PipelineEndpoint.publish(shop, "stable", "", pipeline)
    processes = 4
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.starmap(_add_five, [(endpoint.id, number) for number in range(processes)])
    versions = [one.version for one in endpoint.list_versions()]
    assert versions == [str(number) for number in range(processes * 5 + 1)]


def _add_five(endpoint_id: str, number: int) -> None:
    workspace = Workspace.get("published")
    endpoint = PipelineEndpoint.get(workspace, id=endpoint_id)
    record = endpoint.get_pipeline()
    plan = workspace._service.get_plan(workspace._id, record.graph_id)
    from lazulite.model.publishing import Publication
    from lazulite.sdk.publishing.published_pipeline import published

    for place in range(5):
        endpoint.add(published(workspace, Publication(plan, f"{number} {place}")))
