"""The part of the service's contract that is about publishing, starting and running again. See `service_contract`."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from lazulite.api.service import Service
from lazulite.model import errors
from lazulite.model.assets import AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.plan import Input, InputArgument, Literal, Plan, RunScript, Step, StepOutput
from lazulite.model.publishing import (
    ENDPOINT_ID,
    IGNORED_PARAMETERS,
    PIPELINE_ID,
    RERUN_OF,
    RESUMES,
    EndpointChange,
    EndpointVersion,
    PipelineEndpoint,
    Publication,
    PublishedPipeline,
    PublishedStatus,
    StartRequest,
)
from lazulite.model.run import Rerun, Run, RunKind, RunQuery, RunStatus
from lazulite.testing.sample_runs import store_snapshot, submission, wait

READER = b"""
import pathlib, sys
text = pathlib.Path(sys.argv[1], "text").read_text()
if len(sys.argv) > 2:
    raise ValueError("not mended yet")
"""


def published(service: Service, workspace: str, name: str = "words", **more: object) -> PublishedPipeline:
    """Publish the pipeline of one step that writes the parameter `word`."""
    plan = submission(store_snapshot(service, workspace)).plan
    return service.publish(workspace, Publication(plan, name, **more))  # type: ignore[arg-type]


def endpoint_of(service: Service, workspace: str, *pipelines: PublishedPipeline) -> PipelineEndpoint:
    """Create the endpoint "words" with a version for each pipeline; the first is the default."""
    versions = tuple(EndpointVersion(str(place), one.id) for place, one in enumerate(pipelines))
    return service.create_endpoint(workspace, PipelineEndpoint("", "words", versions=versions))


def steps(service: Service, workspace: str, run: Run) -> dict[str, Run]:
    """The step runs of a pipeline run, by name."""
    return {step.name: step for step in service.list_runs(workspace, RunQuery(parent_id=run.id))}


def broken(service: Service, workspace: str) -> Plan:
    """A plan of two steps: the first writes, the second reads that and fails."""
    plan = submission(store_snapshot(service, workspace)).plan
    (first,) = plan.steps
    second = Step(
        node="1111bbbb",
        name="read",
        step_type="PythonScriptStep",
        action=RunScript("step.py"),
        compute="local",
        arguments=(InputArgument("text"), Literal("broken")),
        inputs=(Input("text", StepOutput(first.node, "text")),),
        snapshot=store_snapshot(service, workspace, READER),
    )
    return Plan((first, second), plan.parameters)


def mended(plan: Plan) -> Plan:
    """The same without the mistake in the second step."""
    first, second = plan.steps
    return replace(plan, steps=(first, replace(second, arguments=(InputArgument("text"),))))


class PublishingContract:
    """Tests of publishing; the fixtures are those of `ServiceContract`."""

    def test_a_pipeline_is_published_found_and_frozen(self, service: Service, workspace: str) -> None:
        plan = submission(store_snapshot(service, workspace)).plan
        pipeline = service.publish(workspace, Publication(plan, "words", "says words", "1.0"))
        assert (pipeline.name, pipeline.description, pipeline.version) == ("words", "says words", "1.0")
        assert (pipeline.step_names, pipeline.parameters) == (("write",), plan.parameters)
        assert service.get_plan(workspace, pipeline.graph) == plan
        again = service.publish(workspace, Publication(plan, "words"))
        assert again.id != pipeline.id
        assert again.graph == pipeline.graph
        asset = service.get_asset(workspace, AssetKind.PUBLISHED_PIPELINE, pipeline.id)
        assert from_data(PublishedPipeline, asset.document) == pipeline
        with pytest.raises(errors.InvalidRequest, match="frozen"):
            service.put_asset(workspace, replace(asset, document=to_data(replace(pipeline, graph="0" * 64))))
        with pytest.raises(errors.NotFound):
            service.put_asset(workspace, replace(asset, name="another"))
        service.delete_asset(workspace, AssetKind.PUBLISHED_PIPELINE, again.id)
        assert [one.name for one in service.list_assets(workspace, AssetKind.PUBLISHED_PIPELINE)] == [
            pipeline.id
        ]

    def test_nothing_is_published_that_could_not_run(self, service: Service, workspace: str) -> None:
        good = submission(store_snapshot(service, workspace)).plan
        (step,) = good.steps
        for wrong in (replace(step, compute="nowhere"), replace(step, snapshot="")):
            with pytest.raises(errors.InvalidPlan):
                service.publish(workspace, Publication(Plan((wrong,), good.parameters), "words"))
        with pytest.raises(errors.NotFound):
            service.publish(workspace, Publication(Plan((replace(step, snapshot="0" * 64),)), "words"))
        for name in ("", " ", "a\nb", "x" * 256):
            with pytest.raises(errors.InvalidRequest):
                service.publish(workspace, Publication(good, name))
        assert service.list_assets(workspace, AssetKind.PUBLISHED_PIPELINE) == ()

    def test_plans_are_kept_by_content(self, service: Service, workspace: str, other: str) -> None:
        plan = submission(store_snapshot(service, workspace)).plan
        graph = service.put_plan(workspace, plan)
        assert service.put_plan(workspace, plan) == graph
        assert service.get_plan(workspace, graph) == plan
        code = plan.steps[0].snapshot
        for elsewhere, digest in ((other, graph), (workspace, "0" * 64), (workspace, code)):
            with pytest.raises(errors.NotFound):
                service.get_plan(elsewhere, digest)
        with pytest.raises(errors.InvalidRequest):
            service.get_plan(workspace, "../../lazulite.db")

    def test_a_published_pipeline_is_started(self, service: Service, workspace: str) -> None:
        pipeline = published(service, workspace)
        request = StartRequest(
            "starts",
            pipeline.id,
            parameters={"word": 20, "unheard": "of"},
            tags={"build": "7"},
            step_tags={"part": "x"},
            properties={"mine": "yes"},
            display_name="twenty",
            run_source="API",
        )
        run = service.start_published(workspace, request)
        assert (run.tags, run.display_name, run.experiment) == ({"build": "7"}, "twenty", "starts")
        expected = {
            PIPELINE_ID: pipeline.id,
            IGNORED_PARAMETERS: '["unheard"]',
            "runSource": "API",
            "runType": "HTTP",
            "mine": "yes",
        }
        assert expected.items() <= run.properties.items()
        assert steps(service, workspace, run)["write"].tags == {"part": "x"}
        assert service.get_submission(workspace, run.id).parameters == {"word": "20"}
        ended = wait(service, workspace, run.id)
        assert ended.status is RunStatus.COMPLETED, ended.error

    def test_what_cannot_be_started_says_why(self, service: Service, workspace: str) -> None:
        pipeline = published(service, workspace)
        with pytest.raises(errors.NotFound):
            service.start_published(workspace, StartRequest("starts", "unknown"))
        with pytest.raises(errors.InvalidRequest):
            service.start_published(workspace, StartRequest("starts"))
        with pytest.raises(errors.InvalidRequest):
            service.start_published(workspace, StartRequest("no/slash", pipeline.id))
        asset = service.get_asset(workspace, AssetKind.PUBLISHED_PIPELINE, pipeline.id)
        disabled = to_data(replace(pipeline, status=PublishedStatus.DISABLED))
        service.put_asset(workspace, replace(asset, document=disabled))
        with pytest.raises(errors.Conflict, match="disabled"):
            service.start_published(workspace, StartRequest("starts", pipeline.id))
        assert service.list_runs(workspace, RunQuery()) == ()

    def test_what_is_sent_twice_is_one_run(self, service: Service, workspace: str) -> None:
        pipeline = published(service, workspace)
        request = StartRequest("starts", pipeline.id, parameters={"word": "20"}, run_id="started-once")
        assert {service.start_published(workspace, request).id for _ in range(2)} == {"started-once"}
        with pytest.raises(errors.Conflict):
            service.start_published(workspace, replace(request, parameters={"word": "other"}))
        wait(service, workspace, "started-once")
        again = Rerun(resume=True, run_id="run-again-once")
        assert {service.rerun(workspace, "started-once", again).id for _ in range(2)} == {"run-again-once"}
        assert len(service.list_runs(workspace, RunQuery(kind=RunKind.PIPELINE))) == 2
        wait(service, workspace, "run-again-once")

    def test_what_is_sent_again_is_the_same_run_whatever_changed_since(
        self, service: Service, workspace: str
    ) -> None:
        one, two = (published(service, workspace, name) for name in ("one", "two"))
        endpoint_of(service, workspace, one, two)
        by_id = StartRequest("starts", one.id, parameters={"word": "20"}, run_id="started-once")
        by_name = StartRequest("starts", endpoint="words", run_id="called-once")
        service.start_published(workspace, by_id)
        service.start_published(workspace, by_name)
        service.change_endpoint(workspace, "words", EndpointChange(default_version="1"))
        asset = service.get_asset(workspace, AssetKind.PUBLISHED_PIPELINE, one.id)
        disabled = to_data(replace(one, status=PublishedStatus.DISABLED))
        service.put_asset(workspace, replace(asset, document=disabled))
        for request in (by_id, by_name):
            assert service.start_published(workspace, request).id == request.run_id
            with pytest.raises(errors.Conflict):
                service.start_published(workspace, replace(request, description="another"))
        for other in (replace(by_id, pipeline=two.id), replace(by_name, version="1")):
            with pytest.raises(errors.Conflict):
                service.start_published(workspace, other)
        assert len(service.list_runs(workspace, RunQuery(kind=RunKind.PIPELINE))) == 2
        for request in (by_id, by_name):
            wait(service, workspace, str(request.run_id))

    # --- endpoints ---

    def test_an_endpoint_leads_to_its_versions(self, service: Service, workspace: str) -> None:
        one, two, three = (published(service, workspace, name) for name in ("one", "two", "three"))
        endpoint = endpoint_of(service, workspace, one, two)
        with pytest.raises(errors.Conflict):
            endpoint_of(service, workspace, one)
        assert (
            service.get_endpoint(workspace, endpoint.id)
            == service.get_endpoint(workspace, "words")
            == endpoint
        )
        for by, version, expected in (("words", None, one), (endpoint.id, "1", two)):
            run = service.start_published(workspace, StartRequest("starts", endpoint=by, version=version))
            assert (run.properties[PIPELINE_ID], run.properties[ENDPOINT_ID]) == (expected.id, endpoint.id)
        with pytest.raises(errors.NotFound, match="'0', '1'"):
            service.start_published(workspace, StartRequest("starts", endpoint="words", version="7"))
        changed = service.change_endpoint(workspace, "words", EndpointChange(add=three.id, as_default=True))
        assert (changed.versions[-1], changed.default_version) == (EndpointVersion("2", three.id), "2")
        with pytest.raises(errors.Conflict):
            service.change_endpoint(workspace, "words", EndpointChange(add=one.id))
        with pytest.raises(errors.NotFound):
            service.change_endpoint(workspace, "words", EndpointChange(default_version="3"))
        with pytest.raises(errors.Conflict, match="words"):
            service.delete_asset(workspace, AssetKind.PUBLISHED_PIPELINE, one.id)

    def test_an_archived_endpoint_gives_its_name_free(self, service: Service, workspace: str) -> None:
        pipeline = published(service, workspace)
        first = endpoint_of(service, workspace, pipeline)
        archived = service.change_endpoint(workspace, first.id, EndpointChange(archive=True))
        assert (archived.name, archived.status) != (first.name, first.status)
        with pytest.raises(errors.Conflict):
            service.start_published(workspace, StartRequest("starts", endpoint=first.id))
        endpoint_of(service, workspace, pipeline)
        back = EndpointChange(name="words", status=PublishedStatus.ACTIVE)
        with pytest.raises(errors.Conflict):
            service.change_endpoint(workspace, first.id, back)
        service.change_endpoint(workspace, first.id, replace(back, name="words again"))
        assert service.get_endpoint(workspace, first.id).status is PublishedStatus.ACTIVE
        names = [asset.name for asset in service.list_assets(workspace, AssetKind.PIPELINE_ENDPOINT)]
        assert names == ["words", "words again"]

    def test_versions_added_at_once_are_all_kept(self, service: Service, workspace: str) -> None:
        pipelines = [published(service, workspace, f"number {place}") for place in range(9)]
        endpoint = endpoint_of(service, workspace, pipelines[0])

        def add(pipeline: PublishedPipeline) -> None:
            service.change_endpoint(workspace, endpoint.id, EndpointChange(add=pipeline.id))

        threads = [threading.Thread(target=add, args=(one,)) for one in pipelines[1:]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        versions = service.get_endpoint(workspace, endpoint.id).versions
        assert [one.version for one in versions] == [str(place) for place in range(9)]
        assert {one.pipeline_id for one in versions} == {one.id for one in pipelines}

    # --- running again ---

    def test_a_run_is_run_again_with_another_value(self, service: Service, workspace: str) -> None:
        first = service.submit(workspace, submission(store_snapshot(service, workspace), tags={"a": "1"}))
        wait(service, workspace, first.id)
        second = service.rerun(workspace, first.id, Rerun({"word": "changed"}, display_name="again"))
        assert wait(service, workspace, second.id).status is RunStatus.COMPLETED
        assert (second.properties[RERUN_OF], second.tags, second.display_name) == (
            first.id,
            {"a": "1"},
            "again",
        )
        assert service.get_submission(workspace, second.id).parameters == {"word": "changed"}
        third = service.rerun(workspace, first.id, Rerun(regenerate_outputs=True))
        assert wait(service, workspace, third.id).status is RunStatus.COMPLETED
        assert steps(service, workspace, third)["write"].reused_run_id is None
        with pytest.raises(errors.InvalidRequest, match="word"):
            service.rerun(workspace, first.id, Rerun({"wrod": "x"}))
        with pytest.raises(errors.InvalidRequest, match="write"):
            service.rerun(workspace, first.id, Rerun(from_node="wriet"))

    def test_a_failed_run_is_resumed(self, service: Service, workspace: str) -> None:
        plan = broken(service, workspace)
        start = submission(store_snapshot(service, workspace))
        first = service.submit(workspace, replace(start, plan=plan))
        assert wait(service, workspace, first.id).status is RunStatus.FAILED
        second = service.rerun(workspace, first.id, Rerun({"word": "other"}, resume=True))
        assert second.properties[RESUMES] == first.id
        assert wait(service, workspace, second.id).status is RunStatus.FAILED
        written = steps(service, workspace, first)["write"]
        taken = steps(service, workspace, second)["write"]
        assert taken.reused_run_id == written.id  # although the value it writes is another one
        decision = service.get_decision(workspace, taken.id)
        assert decision is not None
        assert (decision.verdict, decision.reason) == ("reused", "resumed")
        assert [one.component for one in decision.differences] == ["parameter word"]
        # The code was mended, and the second run is resumed: what it took over counts too.
        third = service.submit(
            workspace, replace(start, plan=mended(plan), resumes=second.id, parameters={"word": "x"})
        )
        ended = wait(service, workspace, third.id)
        assert ended.status is RunStatus.COMPLETED, ended.error
        assert steps(service, workspace, third)["write"].reused_run_id == written.id

    def test_a_run_is_run_again_from_a_step_on(self, service: Service, workspace: str) -> None:
        plan = mended(broken(service, workspace))
        never = replace(plan, steps=tuple(replace(step, allow_reuse=False) for step in plan.steps))
        first = service.submit(workspace, replace(submission(plan.steps[0].snapshot), plan=never))
        wait(service, workspace, first.id)
        second = service.rerun(workspace, first.id, Rerun(from_node="read"))
        assert wait(service, workspace, second.id).status is RunStatus.COMPLETED
        found = steps(service, workspace, second)
        assert found["write"].reused_run_id == steps(service, workspace, first)["write"].id
        assert found["read"].reused_run_id is None
        decision = service.get_decision(workspace, found["read"].id)
        assert decision is not None
        assert decision.reason == "asked"

    def test_only_a_run_that_has_ended_is_resumed(self, service: Service, workspace: str, other: str) -> None:
        run = service.submit(workspace, submission(store_snapshot(service, workspace), "wait"))
        with pytest.raises(errors.Conflict, match="not ended"):
            service.rerun(workspace, run.id, Rerun(resume=True))
        for how in (Rerun(), Rerun(resume=True)):
            with pytest.raises(errors.NotFound):
                service.rerun(other, run.id, how)
        with pytest.raises(errors.InvalidRequest):
            service.rerun(workspace, run.id, Rerun(resume=True, regenerate_outputs=True))
        service.cancel_run(workspace, run.id)
        wait(service, workspace, run.id)
