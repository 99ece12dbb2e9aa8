"""`lazulite pipelines`, `lazulite endpoints` and `lazulite runs rerun`, on pipelines that user code published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.cli_calls import inside

from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.publishing.pipeline_endpoint import PipelineEndpoint
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace


class Terminal:
    """Runs commands in one folder; the home is the fixture's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(self, *arguments: str, code: int = 0) -> str:
        result = inside(arguments, self.folder, {})
        assert result.returncode == code, f"{arguments}\n{result.stdout}\n{result.stderr}"
        return result.stderr if code else result.stdout

    def data(self, *arguments: str) -> Any:
        return json.loads(self.text(*arguments, "--json"))


@pytest.fixture
def terminal(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("LAZULITE_SERVER", "on")
    folder = tmp_path / "somewhere"
    folder.mkdir()
    return Terminal(folder)


@pytest.fixture
def pipeline(home: Path, tmp_path: Path) -> Pipeline:
    code = tmp_path / "code"
    code.mkdir()
    (code / "say.py").write_text("import sys\nprint(sys.argv[1])\nassert sys.argv[1] != 'fail'\n")
    word = PipelineParameter("word", "hello")
    times = PipelineParameter("times", 10)
    say = PythonScriptStep(
        "say.py", name="say", arguments=[word, times], compute_target="local", source_directory=str(code)
    )
    return Pipeline(Workspace.create("main"), [say], description="says a word")


def test_published_pipelines_on_the_command_line(terminal: Terminal, pipeline: Pipeline) -> None:
    assert "no active published pipelines" in terminal.text("pipelines", "list")
    first = pipeline.publish("say it", "says what it is told", "1")
    second = pipeline.publish("say it", version="2")
    listed = terminal.text("pipelines", "list")
    assert listed.index(second.id[:8]) < listed.index(first.id[:8])
    shown = terminal.text("pipelines", "show", "say it")
    for word in (second.id, 'word = "hello"', "times = 10", f"PipelineSubmit/{second.id}", "Active"):
        assert word in shown
    assert terminal.data("pipelines", "show", first.id[:10])["parameters"] == {"word": "hello", "times": 10}
    terminal.text("pipelines", "disable", second.id)
    assert [one["id"] for one in terminal.data("pipelines", "list")] == [first.id]
    assert len(terminal.data("pipelines", "list", "--all")) == 2
    assert terminal.data("pipelines", "show", "say it")["id"] == first.id
    assert "is disabled" in terminal.text("pipelines", "run", second.id, code=1)
    assert terminal.data("pipelines", "enable", second.id)["status"] == "Active"
    assert "Deleted" in terminal.text("pipelines", "delete", second.id, "--yes")
    assert "Did you mean 'say it'?" in terminal.text("pipelines", "show", "say its", code=3)
    assert "--yes" in terminal.text("pipelines", "delete", first.id, code=2)


def test_they_are_run_and_made_from_runs(terminal: Terminal, pipeline: Pipeline) -> None:
    published = pipeline.publish("say it")
    run = terminal.data("pipelines", "run", "say it", "-p", "word=a=b", "-p", "times=20", "--tag", "build=7")
    assert (run["experiment"], run["tags"]) == ("say-it", {"build": "7"})
    assert run["properties"]["azureml.pipelineid"] == published.id
    assert json.loads(run["properties"]["azureml.parameters"]) == {"word": "a=b", "times": 20}
    terminal.text("runs", "wait", run["id"])
    assert "Started run" in terminal.text("pipelines", "run", "say it", "-e", "other", "--no-reuse")
    for given, word in (
        ("wrod=x", "Did you mean 'word'"),
        ("times=many", "whole number"),
        ("word", "NAME=VALUE"),
    ):
        assert word in terminal.text("pipelines", "run", "say it", "-p", given, code=2)
    made = terminal.data("pipelines", "publish", "last", "--name", "from a run", "--version", "3")
    assert (made["name"], made["version"], made["steps"]) == ("from a run", "3", ["say"])
    assert made["graph"] == published.graph_id
    assert "Published 'says a word'" in terminal.text("pipelines", "publish", run["id"][:8])


def test_an_endpoint_is_promoted_and_rolled_back(terminal: Terminal, pipeline: Pipeline) -> None:
    assert "no pipeline endpoints" in terminal.text("endpoints", "list")
    endpoint = PipelineEndpoint.publish(pipeline._workspace, "stable", "where callers go", pipeline)
    endpoint.add(pipeline.publish("newer"))
    assert "version 0" in terminal.text("endpoints", "set-default", "stable", "1")
    shown = terminal.text("endpoints", "show", endpoint.id)
    assert f"PipelineEndpointSubmit/Id/{endpoint.id}" in shown
    assert "(default)" in next(line for line in shown.splitlines() if endpoint.get_pipeline().id in line)
    assert [one["default_version"] for one in terminal.data("endpoints", "list")] == ["1"]
    assert "'0', '1'" in terminal.text("endpoints", "set-default", "stable", "7", code=3)
    run = terminal.data("endpoints", "run", "stable", "--version", "0", "-p", "times=3")
    assert run["properties"]["azureml.pipelineendpointid"] == endpoint.id
    assert "'0', '1'" in terminal.text("endpoints", "run", "stable", "--version", "7", code=3)
    endpoint.archive()
    assert terminal.data("endpoints", "list") == []
    assert len(terminal.data("endpoints", "list", "--all")) == 1


def test_a_failed_run_is_resumed(terminal: Terminal, pipeline: Pipeline) -> None:
    failed = pipeline.submit("runs", {"word": "fail"})
    assert "not ended" in terminal.text("runs", "rerun", failed.id, "--resume", code=1)
    terminal.text("runs", "wait", failed.id, code=1)
    again = terminal.data("runs", "rerun", "last", "--resume", "-p", "word=fine")
    assert again["properties"]["lazulite.rerun_of"] == failed.id
    terminal.text("runs", "wait", again["id"])
    assert "left off" in terminal.text("runs", "rerun", again["id"], "--from", "say")
    assert "ran" in terminal.text("runs", "rerun", again["id"], "--no-reuse", "-e", "others")
    assert "Did you mean 'say'?" in terminal.text("runs", "rerun", again["id"], "--from", "sya", code=2)
