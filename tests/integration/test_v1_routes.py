"""v1's routes, as programs that never heard of us call them: over HTTP, by URL, with v1's JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.serving import Served, serving

from lazulite.model.access import AuditEntry
from lazulite.model.assets import Workspace
from lazulite.model.publishing import EndpointVersion, PipelineEndpoint, Publication, PublishedPipeline
from lazulite.model.run import Run
from lazulite.service.local import LocalService
from lazulite.testing.sample_runs import store_snapshot, submission, wait

pytestmark = pytest.mark.slow

PREFIXES = ("/pipelines/v1.0", "/api/v1.0")
SCOPE = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.MachineLearningServices/workspaces/team"
BASE = PREFIXES[0] + SCOPE


class Place:
    """A served workspace with one published pipeline and an endpoint in front of it."""

    def __init__(self, service: LocalService, server: Served) -> None:
        self.service, self.server = service, server
        self.workspace = service.create_workspace(Workspace("", "team", "sub", "group")).id
        plan = submission(store_snapshot(service, self.workspace)).plan
        self.pipeline: PublishedPipeline = service.publish(
            self.workspace, Publication(plan, "published", version="1.0")
        )
        self.endpoint: PipelineEndpoint = service.create_endpoint(
            self.workspace, PipelineEndpoint("", "door", versions=(EndpointVersion("0", self.pipeline.id),))
        )

    def submit(self, expected: int = 200, base: str = BASE, **body: Any) -> Any:
        answer = self.server.post(
            f"{base}/PipelineRuns/PipelineSubmit/{self.pipeline.id}",
            json={"ExperimentName": "My_Pipeline", **body},
        )
        assert answer.status_code == expected, answer.text
        return answer.json()

    def ended(self, run_id: str) -> Run:
        return wait(self.service, self.workspace, run_id)


@pytest.fixture
def place(home: Path) -> Iterator[Place]:
    service = LocalService(str(home))
    with serving(service) as server:
        yield Place(service, server)


def test_a_published_pipeline_is_started_and_followed(place: Place) -> None:
    made = place.submit(ParameterAssignments={"word": 20, "unheard": "of"}, tags={"by": "test"}, Nonsense=1)
    assert (made["Status"]["StatusCode"], made["Status"]["StatusText"]) == (0, "NotStarted")
    assert made["RunHistoryExperimentName"] == "My_Pipeline"
    assert made["ParameterAssignments"] == {"word": "20"}
    assert made["IgnoredParameters"] == ["unheard"]
    assert made["IgnoredNames"] == ["Nonsense"]
    assert made["tags"] == {"by": "test"}
    assert (made["PipelineId"], made["RunSource"]) == (place.pipeline.id, "API")
    assert (made["TotalRunSteps"], made["GraphId"]) == (1, place.pipeline.graph)
    place.ended(made["Id"])
    run = place.server.get(f"{BASE}/PipelineRuns/{made['Id']}").json()
    assert (run["Status"]["StatusCode"], run["Status"]["StatusText"]) == (3, "Finished")
    assert run["ReusedSteps"] == []
    step = run["Steps"][0]
    assert (step["StepName"], step["Status"]) == ("write", "Finished")
    node = f"{BASE}/PipelineRuns/{made['Id']}"
    for options in ({"json": [step["NodeId"]]}, {"params": {"nodeId": step["NodeId"]}}):
        status = place.server.post(f"{node}/Graph/Node/StatusCode", **options)
        assert status.json()["Status"] == "Finished"
        assert "hello from the step" in place.server.post(f"{node}/Graph/Shareable/STDOUT", **options).text
        outputs = place.server.post(f"{node}/Outputs", **options).json()
        assert outputs["text"]["DataStoreName"] == "workspaceblobstore"
    assert place.server.get(f"{node}/Graph/AllNodes/Status").json()[step["NodeId"]]["Status"] == "Finished"


def test_a_second_run_says_what_it_reused_unless_told_to_run_all(place: Place) -> None:
    first = place.submit(ParameterAssignments={"word": "again"})["Id"]
    place.ended(first)
    second = place.submit(ParameterAssignments={"word": "again"})
    place.ended(second["Id"])
    assert place.server.get(second["RunUrl"].removeprefix(place.server.url)).json()["ReusedSteps"] == [
        "write"
    ]
    third = place.submit(ParameterAssignments={"word": "again"}, RegenerateOutputs=True)["Id"]
    place.ended(third)
    assert place.server.get(f"{BASE}/PipelineRuns/{third}").json()["ReusedSteps"] == []


def test_an_endpoint_starts_its_default_or_the_version_asked_for(place: Place) -> None:
    url = f"{BASE}/PipelineRuns/PipelineEndpointSubmit/Id/{place.endpoint.id}"
    for path in ("", "/0"):
        made = place.server.post(url + path, json={"ExperimentName": "e"}).json()
        assert made["PipelineId"] == place.pipeline.id
        assert made["PipelineEndpointId"] == place.endpoint.id
    answer = place.server.post(url + "/7", json={"ExperimentName": "e"})
    assert answer.status_code == 404
    assert "no version '7'" in answer.json()["Error"]["Message"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_both_prefixes_answer(place: Place, prefix: str) -> None:
    shown = place.server.get(f"{prefix}{SCOPE}/Pipelines/{place.pipeline.id}").json()
    assert shown["Name"] == "published"
    assert (
        shown["Url"] == f"{place.server.url}{prefix}{SCOPE}/PipelineRuns/PipelineSubmit/{place.pipeline.id}"
    )
    place.submit(base=prefix + SCOPE)


def test_a_pipeline_says_which_parameters_it_takes(place: Place) -> None:
    answer = place.server.get(f"{BASE}/Pipelines/{place.pipeline.id}/parameters")
    assert answer.json() == [{"Name": "word", "Type": "String", "Default": "none", "IsOptional": True}]


def test_a_disabled_pipeline_is_not_started(place: Place) -> None:
    url = f"{BASE}/Pipelines/{place.pipeline.id}"
    assert place.server.put(f"{url}/status", json="Disabled").json()["EntityStatus"] == "Disabled"
    assert place.server.get(f"{url}/status").json()["EntityStatus"] == "Disabled"
    assert place.server.get(f"{BASE}/Pipelines").json() == []
    assert len(place.server.get(f"{BASE}/Pipelines?activeOnly=false").json()) == 1
    assert "disabled" in place.submit(409)["Error"]["Message"]
    assert place.server.put(f"{url}/status", json="Off").status_code == 400
    assert place.server.put(f"{url}/status", json={"EntityStatus": "Active"}).status_code == 200
    place.submit()


def test_endpoints_are_found_by_id_and_by_name(place: Place) -> None:
    listed = place.server.get(f"{BASE}/PipelineEndpoints").json()
    assert [one["Name"] for one in listed] == ["door"]
    for path in (place.endpoint.id, f"Id/{place.endpoint.id}", "Name/door"):
        shown = place.server.get(f"{BASE}/PipelineEndpoints/{path}").json()
        assert shown["PipelineVersionList"][0]["PipelineId"] == place.pipeline.id
    assert place.server.get(f"{BASE}/PipelineEndpoints/nowhere").status_code == 404


def test_a_run_is_cancelled(place: Place) -> None:
    made = place.submit(ParameterAssignments={"word": "wait"})["Id"]
    assert place.server.delete(f"{BASE}/PipelineRuns/{made}/Execution").status_code == 200
    assert place.ended(made).status.value == "Canceled"


def test_a_parent_run_is_given_in_the_query(place: Place) -> None:
    parent = place.submit()["Id"]
    answer = place.server.post(
        f"{BASE}/PipelineRuns/PipelineSubmit/{place.pipeline.id}?parentRunId={parent}",
        json={"ExperimentName": "My_Pipeline"},
    )
    assert answer.json()["ParentRunId"] == parent


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "not JSON"),
        (b"[]", "no JSON object"),
        (b"{}", "ExperimentName"),
        (b'{"ExperimentName": "e", "ParameterAssignments": {"word": {}}}', "ParameterAssignments.word"),
        (b'{"ExperimentName": "has spaces and /"}', "experiment"),
    ],
)
def test_a_wrong_request_is_told_in_v1s_shape(place: Place, body: bytes, says: str) -> None:
    answer = place.server.post(
        f"{BASE}/PipelineRuns/PipelineSubmit/{place.pipeline.id}",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400
    error = answer.json()["Error"]
    assert error["Code"] == "UserError"
    assert says in error["Message"]


def test_nothing_is_found_under_a_wrong_name(place: Place) -> None:
    elsewhere = BASE.replace("/workspaces/team", "/workspaces/other")
    for path in (
        f"{elsewhere}/Pipelines",
        f"{BASE}/Pipelines/nowhere",
        f"{BASE}/PipelineRuns/nowhere",
        f"{BASE}/Schedules/nowhere",
        f"{BASE}/PipelineDrafts/nowhere",
    ):
        answer = place.server.get(path)
        assert (answer.status_code, answer.json()["Error"]["Code"]) == (404, "UserError"), path


def test_a_workspace_made_anew_is_another_one(place: Place) -> None:
    assert place.server.get(f"{BASE}/Pipelines/{place.pipeline.id}").status_code == 200
    place.service.delete_workspace(place.workspace)
    assert place.server.get(f"{BASE}/Pipelines/{place.pipeline.id}").status_code == 404
    again = place.service.create_workspace(Workspace("", "team", "sub", "group")).id
    plan = submission(store_snapshot(place.service, again)).plan
    made = place.service.publish(again, Publication(plan, "anew"))
    assert place.server.get(f"{BASE}/Pipelines/{made.id}").json()["Name"] == "anew"


def test_every_change_is_written_down_once(place: Place) -> None:
    written: list[AuditEntry] = []
    place.server.app.state.audit = written.append
    made = place.submit()
    place.submit(400, ExperimentName=None)
    place.server.post(f"{BASE}/PipelineRuns/{made['Id']}/Graph/AllNodes/Status")
    place.server.delete(f"{BASE}/PipelineRuns/{made['Id']}/Execution")
    told = [(one.operation, one.outcome, one.workspace, one.target) for one in written]
    assert told == [
        ("start_published", "ok", place.workspace, place.pipeline.id),
        ("start_published", "InvalidRequest", place.workspace, place.pipeline.id),
        ("cancel_run", "ok", place.workspace, made["Id"]),
    ]
