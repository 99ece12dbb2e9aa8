"""The messages a user meets before anything runs, each provoked for real: do they name the thing, say what was expected
and what to do?

The important words are asserted, not whole sentences. Every message was read by a person; the list of what they mean is
`docs/reference/errors.md`.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.acceptance.messages import (
    System,
    built,
    called,
    refused,
    says,
    step,
    submitted,
    workspace_with_scripts,
)

from azureml.core import Datastore, Experiment, Workspace
from azureml.data.data_reference import DataReference
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter
from lazulite.api.connect import connect
from lazulite.engine import process

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with workspace_with_scripts(tmp_path_factory.mktemp("messages")) as found:
        yield found


# --- found when the pipeline is built ---


def test_missing_script(system: System) -> None:
    refused(
        lambda: built(system, step(system, "fin.py", name="a")),
        "'a'",
        "'fin.py'",
        str(system[1]),
        "'fine.py'",
    )


def test_missing_source_directory(system: System) -> None:
    refused(
        lambda: built(system, step(system, name="a", source_directory="/not/there")),
        "'a'",
        "/not/there",
        "Give",
    )


def test_wrong_types(system: System) -> None:
    refused(lambda: step(system, name="a", arguments="--rate 1"), "'a'", "'--rate 1'", "a list")
    refused(lambda: step(system, name="a", arguments=[object()]), "'a'", "object", "PipelineParameter")
    refused(
        lambda: built(system, step(system, name="a", compute_target=("x",))), "'a'", "('x',)", "name and type"
    )
    refused(lambda: Pipeline(system[0], steps=None), "None", "Expected steps")
    refused(lambda: Pipeline("messages", steps=[step(system)]), "'messages'", "Workspace.get")
    with pytest.raises(TypeError, match="Did you mean 'source_directory'"):
        step(system, source_dir="x")


def test_unknown_compute_and_datastore(system: System) -> None:
    refused(
        lambda: built(system, step(system, name="a", compute_target="gpu")),
        "'a'",
        "'gpu'",
        "'local'",
        "Create",
    )
    data = PipelineData("x", datastore="nowhere")
    refused(
        lambda: built(system, step(system, name="a", outputs=[data])),
        "'x'",
        "'nowhere'",
        "workspaceblobstore",
    )


def test_cyclic_graph(system: System) -> None:
    one, two = PipelineData("one"), PipelineData("two")
    steps = [
        step(system, name="a", inputs=[one], outputs=[two]),
        step(system, name="b", inputs=[two], outputs=[one]),
    ]
    refused(lambda: built(system, *steps), "circle", "a → b → a", "Remove")


def test_two_steps_write_one_output(system: System) -> None:
    data = PipelineData("shared")
    steps = [step(system, name="a", outputs=[data]), step(system, name="b", outputs=[data])]
    refused(lambda: built(system, *steps), "'a' and 'b'", "'shared'", "its own PipelineData")


def test_data_that_no_step_writes_or_declares(system: System) -> None:
    refused(
        lambda: built(system, step(system, name="a", inputs=[PipelineData("lone")])),
        "'a'",
        "'lone'",
        "no step writes",
    )
    refused(lambda: step(system, name="a", arguments=[PipelineData("x")]), "'a'", "'x'", "inputs", "outputs")


def test_paths_that_leave(system: System) -> None:
    store: Any = system[0].get_default_datastore()
    reference = DataReference(store, "d", path_on_datastore="../../x")
    refused(
        lambda: built(system, step(system, name="a", inputs=[reference])), "'a'", "'d'", "'../../x'", "leave"
    )
    output = PipelineData("o", output_mode="upload", output_path_on_compute="../x")
    refused(lambda: built(system, step(system, name="a", outputs=[output])), "'a'", "'o'", "'../x'", "leaves")
    refused(lambda: built(system, step(system, "../x.py", name="a")), "'a'", "'../x.py'", "outside")


def test_all_mistakes_are_told_at_once(system: System) -> None:
    steps = [step(system, "fin.py", name="a"), step(system, name="b", compute_target="gpu")]
    says(refused(lambda: built(system, *steps)), "2 errors", "'fin.py'", "'gpu'")


# --- found when it is submitted, before anything is recorded ---


def test_parameters(system: System) -> None:
    rate = PipelineParameter("rate", 3)
    pipeline = built(system, step(system, name="a", arguments=[rate]))
    experiment = Experiment(system[0], "parameters")
    for value, words in (
        ("x", "'x', a str"),
        (True, "True, a bool"),
        (1.5, "1.5, a float"),
        ([1], "[1], a list"),
    ):
        given: Any = {"pipeline_parameters": {"rate": value}}
        refused(partial(experiment.submit, pipeline, **given), "'rate'", "an int", words)
    refused(lambda: experiment.submit(pipeline, pipeline_parameters={"rats": 1}), "'rats'", "It has: 'rate'")
    refused(lambda: experiment.submit("pipeline"), "str", "Expected a Pipeline")
    assert list(experiment.get_runs()) == []


def test_missing_path_is_said_and_is_no_error(system: System, capsys: pytest.CaptureFixture[str]) -> None:
    data = DataReference(system[0].get_default_datastore(), "raw", path_on_datastore="not/there")
    run = submitted(system, step(system, name="reader", inputs=[data]))
    says(capsys.readouterr().out, "Note:", "'not/there'", "'raw'", "'reader'")
    run.wait_for_completion(show_output=False)
    assert run.get_status() == "Finished"


def test_a_script_that_is_gone_since_the_build(system: System, tmp_path: Path) -> None:
    shutil.copy(system[1] / "fine.py", tmp_path)
    pipeline = built(system, step(system, name="a", source_directory=str(tmp_path)))
    (tmp_path / "fine.py").unlink()
    refused(
        lambda: Experiment(system[0], "gone").submit(pipeline), "'a'", "'fine.py'", "no longer", str(tmp_path)
    )


# --- configuration, names, records ---


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{not json", ("not valid JSON", "line 1")),
        ("[]", ("no JSON object",)),
        ('{"subscription_id": "s"}', ("lacks", "resource_group", "workspace_name")),
        ('{"Scope": "/nonsense"}', ("'/nonsense'", "names no workspace")),
    ],
)
def test_corrupt_config(system: System, tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    file = tmp_path / "config.json"
    file.write_text(text)
    refused(lambda: Workspace.from_config(str(tmp_path)), str(file), "Expected", "Scope", *words)


def test_things_that_do_not_exist(system: System) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the words below say which
        Workspace.get("missing")
    says(str(caught.value), "'missing'", "'messages'")
    with pytest.raises(Exception) as caught:  # noqa: PT011
        Datastore.get(system[0], "missing")
    says(str(caught.value), "'missing'", "workspaceblobstore", "register_local")
    Experiment(
        system[0], "some"
    ).start_logging().complete()  # the words are others where there are no runs at all
    refused(lambda: system[0].get_run("missing"), "'missing'", "lazulite runs list")


@pytest.mark.parametrize("name", ["", "a/b", "..", "é", "x" * 300, None, 3])
def test_names(system: System, name: Any) -> None:
    for make in (
        lambda: Workspace.create(name),
        lambda: Experiment(system[0], name),
        lambda: Datastore.register_local(system[0], name, "/tmp"),
    ):
        refused(make, repr(name), "Expected")


def test_a_home_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = called(tmp_path / "file", "workspaces", "list")
    says(answer.stderr, str(tmp_path / "file"), "LAZULITE_HOME")
    assert answer.returncode != 0


def test_damaged_records(tmp_path: Path) -> None:
    (tmp_path / "lazulite.db").write_text("no database at all " * 10)
    answer = called(tmp_path, "workspaces", "list")
    says(answer.stderr, str(tmp_path / "lazulite.db"), "damaged", "lazulite stop", "backup")
    assert "Traceback" not in answer.stderr


def test_the_engine_of_damaged_records_can_be_stopped(tmp_path: Path) -> None:
    service = connect(str(tmp_path))
    service.list_workspaces()
    service.start_engine()
    for file in tmp_path.glob("lazulite.db*"):
        file.write_bytes(b"no database at all " * 1000)
    assert process.is_alive(process.home_of(str(tmp_path)))
    answer = called(tmp_path, "stop")
    says(answer.stderr, "damaged", "backup")
    assert not process.is_alive(process.home_of(str(tmp_path)))


def test_an_engine_ends_with_its_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    service = connect(str(home))
    service.start_engine()
    until(lambda: "started" in (home / "engine.log").read_text())
    engine = service.engine_status().pid
    assert engine is not None
    shutil.rmtree(home)
    until(lambda: not running(engine))
    assert not home.exists()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
