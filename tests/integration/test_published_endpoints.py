"""The addresses of what is published, called over HTTP with no server started by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from lazulite.sdk.authentication import InteractiveLoginAuthentication
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.publishing.pipeline_endpoint import PipelineEndpoint
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace

pytestmark = pytest.mark.slow


@pytest.fixture
def pipeline(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    monkeypatch.setenv("LAZULITE_SERVER", "on")
    code = tmp_path / "code"
    code.mkdir()
    (code / "say.py").write_text("import sys\nprint('said', sys.argv[1])\n")
    workspace = Workspace.create("over_http", subscription_id="my sub", resource_group="my-group")
    say = PythonScriptStep(
        "say.py",
        name="say",
        arguments=[PipelineParameter("times", 10)],
        compute_target="local",
        source_directory=str(code),
    )
    return Pipeline(workspace, [say])


def post(address: str, body: Any) -> requests.Response:
    header = InteractiveLoginAuthentication().get_authentication_header()
    return requests.post(address, headers=header, json=body, timeout=60)


def test_a_published_pipeline_is_called(pipeline: Pipeline) -> None:
    published = pipeline.publish("say")
    body = {"ExperimentName": "posted", "ParameterAssignments": {"times": "20", "unheard": "of"}}
    answer = post(published.endpoint, body)
    assert answer.status_code == 200, answer.text
    run = PipelineRun.get(pipeline._workspace, answer.json()["Id"])
    assert run.wait_for_completion(show_output=False) == "Finished"
    assert "said 20" in run.find_step_run("say")[0].get_stdout_log()
    refused = post(published.endpoint, {**body, "ParameterAssignments": {"times": "many"}})
    assert refused.status_code == 400
    assert "'times' takes a whole number" in refused.json()["Error"]["Message"]
    published.disable()
    refused = post(published.endpoint, body)
    assert refused.status_code == 409
    assert "disabled" in refused.json()["Error"]["Message"]


def test_an_endpoint_is_called_in_all_the_ways_of_v1(pipeline: Pipeline) -> None:
    first, second = pipeline.publish("one"), pipeline.publish("two")
    endpoint = PipelineEndpoint.publish(pipeline._workspace, "stable", "", first)
    endpoint.add_default(second)
    by_id = endpoint.endpoint
    by_name = by_id.split("Id", 1)[0] + "Name?name=" + endpoint.name
    body = {"ExperimentName": "posted", "RunSource": "SDK"}
    for address, pipeline_id in (
        (by_id, second.id),
        (by_id + "/0", first.id),
        (by_name, second.id),
        (by_name + "&pipelineVersion=0", first.id),
    ):
        answer = post(address, body)
        assert answer.status_code == 200, f"{address}: {answer.text}"
        assert answer.json()["PipelineId"] == pipeline_id
    nameless = post(by_name.split("?")[0], body)
    assert (nameless.status_code, "?name=" in nameless.text) == (400, True)


def test_pages_and_addresses(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = pipeline._workspace
    published = pipeline.publish("say")
    endpoint = PipelineEndpoint.publish(workspace, "stable", "", published)
    base = pipeline.service_endpoint()
    pages = f"{base}/workspaces/{workspace._id}"
    # What follows the page is a key that opens it in this person's browser.
    assert published.get_portal_url().split("?")[0] == f"{pages}/pipelines/{published.id}"
    assert endpoint.get_portal_url().split("?")[0] == f"{pages}/endpoints/{endpoint.id}"
    for link in (published.get_portal_url(), endpoint.get_portal_url()):
        page = requests.Session().get(link, headers={"Accept": "text/html"}, timeout=60)
        assert page.status_code == 200, f"{link}: {page.text}"
        assert "key=" not in page.url
    assert published.endpoint.startswith(
        f"{base}/pipelines/v1.0/subscriptions/my%20sub/resourceGroups/my-group/"
    )
    monkeypatch.setenv("LAZULITE_SERVER", "off")
    assert published.get_portal_url() == ""
    for ask in ("published.endpoint", "endpoint.endpoint", "pipeline.service_endpoint()"):
        with pytest.raises(UserErrorException, match="LAZULITE_SERVER"):
            eval(ask)
    assert published.id in str(published)
