"""The messages a user meets, each provoked for real: do they name the thing, say what was expected and what to do?

The important words are asserted, not whole sentences. Every message was read by a person; the list of what they mean is
`docs/reference/errors.md`.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from azureml.core import Datastore, Experiment, Workspace
from azureml.data.data_reference import DataReference
from azureml.exceptions import UserErrorException
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter
from azureml.pipeline.steps import PythonScriptStep
from lazulite.api.connect import connect
from lazulite.engine import process

SCRIPTS = {
    "fine.py": "print('fine')",
    "own.py": "from helper import go\ngo()",
    "helper.py": "def go():\n    try:\n        {}['age']\n    except KeyError as error:\n"
    "        raise ValueError('the column age is missing') from error",
    "syntax.py": "print('x'",
    "imports.py": "import a_package_that_nobody_has",
    "leaves.py": "import sys\nsys.exit('the data are too old')",
    "code.py": "import sys\nsys.exit(3)",
    "killed.py": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "crashed.py": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
    "memory.py": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))\nbytearray(1 << 30)",
    "disk.py": "with open('/dev/full', 'w') as file:\n    file.write('x' * 100_000)",
    "bytes.py": "import sys\nsys.stdout.buffer.write(b'\\xff no newline')\nsys.stdout.flush()\nraise OSError('after bytes')",
    "silent.py": "",
}
System = tuple[Workspace, Path]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A workspace of its own for all tests here, and a folder with the scripts."""
    root = tmp_path_factory.mktemp("messages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAZULITE_HOME", str(root / "home"))
        patch.delenv("LAZULITE_URL", raising=False)
        scripts = root / "scripts"
        scripts.mkdir()
        for name, text in SCRIPTS.items():
            (scripts / name).write_text(text)
        yield Workspace.create("messages"), scripts
        connect(str(root / "home")).stop_engine()


def step(system: System, script: str = "fine.py", **more: Any) -> PythonScriptStep:
    more.setdefault("compute_target", "local")
    more.setdefault("source_directory", str(system[1]))
    return PythonScriptStep(script_name=script, **more)


def built(system: System, *steps: Any) -> Pipeline:
    return Pipeline(system[0], steps=list(steps))


def submitted(system: System, *steps: Any, **more: Any) -> Any:
    return Experiment(system[0], "messages").submit(built(system, *steps), **more)


def says(message: str, *words: str) -> None:
    missing = [word for word in words if word not in message]
    assert not missing, f"{missing} not in: {message}"


def refused(action: Callable[[], object], *words: str) -> str:
    """Call it, check that its error has the words; return the message."""
    with pytest.raises((UserErrorException, ValueError)) as caught:
        action()
    says(str(caught.value), *words)
    return str(caught.value)


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
    store = system[0].get_default_datastore()
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
        given = {"pipeline_parameters": {"rate": value}}
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


# --- found when it runs ---

FAILURES = {
    "own": (
        "KeyError: 'age'",
        "direct cause",
        "helper.py",
        "ValueError: the column age is missing",
        "exit code 1",
    ),
    "syntax": ("syntax.py", "line 1", "SyntaxError"),
    "imports": ("No module named 'a_package_that_nobody_has'",),
    "leaves": ("the data are too old",),
    "code": ("code.py", "exit code 3"),
    "killed": ("killed.py", "SIGKILL", "out of memory", "less data"),
    "crashed": ("crashed.py", "SIGSEGV", "Native code"),
    "memory": ("MemoryError",),
    "bytes": ("Traceback", "OSError: after bytes"),
    "silent": ("'nothing'", "left empty", "argument", "remove"),
}


def test_scripts_that_fail(system: System, capsys: pytest.CaptureFixture[str]) -> None:
    more = {"silent": {"outputs": [PipelineData("nothing")]}}
    names = [*FAILURES] if sys.platform == "linux" else [name for name in FAILURES if name != "memory"]
    steps = [step(system, f"{name}.py", name=name, **more.get(name, {})) for name in names]
    run = submitted(system, *steps, continue_on_step_failure=True)
    with pytest.raises(Exception, match="Step 'own' failed"):
        run.wait_for_completion(show_output=True)
    shown = capsys.readouterr().out
    for name in names:
        (failed,) = run.find_step_run(name)
        with pytest.raises(Exception) as caught:  # noqa: PT011 - the words below say which
            failed.wait_for_completion(show_output=False)
        says(str(caught.value), *FAILURES[name])
        says(shown, f"Step '{name}' failed", failed.id)
    (own,) = run.find_step_run("own")
    with pytest.raises(Exception) as caught:  # noqa: PT011
        own.wait_for_completion(show_output=False)
    assert str(caught.value).startswith("Traceback"), "the script's own error comes first"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_script_that_meets_a_full_disk(system: System) -> None:
    run = submitted(system, step(system, "disk.py"))
    with pytest.raises(Exception, match="No space left on device"):
        run.wait_for_completion(show_output=False)


def test_why_a_step_never_ran(system: System, capsys: pytest.CaptureFixture[str]) -> None:
    data = PipelineData("x")
    run = submitted(
        system,
        step(system, "leaves.py", name="first", outputs=[data]),
        step(system, name="second", inputs=[data]),
    )
    with pytest.raises(Exception, match="too old"):
        run.wait_for_completion(show_output=True)
    says(capsys.readouterr().out, "StepRun( second ) Status: Canceled (another step failed)")


# --- disks and folders ---


def test_upload_of_what_is_not_there(system: System, tmp_path: Path) -> None:
    store = system[0].get_default_datastore()
    refused(lambda: store.upload(str(tmp_path / "no")), str(tmp_path / "no"), "does not exist")
    (tmp_path / "there").write_text("x")
    files = [str(tmp_path / "there"), str(tmp_path / "no")]
    refused(
        lambda: store.upload_files(files, target_path="partly"), str(tmp_path / "no"), "Nothing was uploaded"
    )
    assert store._store().list("partly") == ()
    refused(lambda: store.upload_files(files, target_path="a/../../x"), "'..'")


def test_full_disk_during_an_upload(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "big").write_bytes(b"x" * (1 << 20))

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    monkeypatch.setattr(os, "copy_file_range", full, raising=False)
    store = system[0].get_default_datastore()
    message = refused(lambda: store.upload_files([str(tmp_path / "big")], show_progress=False))
    says(message, "is full", str(tmp_path / "big"), "bytes are free", "Delete files")
    monkeypatch.undo()
    assert [info.path for info in store._store().list("big")] == []


SMALL_DISK = """
import os, sys
disk, scripts = sys.argv[1:]
os.environ["LAZULITE_HOME"] = disk + "/home"
from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep
from lazulite.api.connect import connect
from lazulite.engine import process

ws = Workspace.create("small")
with open(scripts + "/ballast", "wb") as file:
    file.write(os.urandom(16 << 20))
try:
    Experiment(ws, "small").submit(Pipeline(ws, steps=[PythonScriptStep("fine.py", source_directory=scripts,
                                                                        compute_target="local")]))
except Exception as error:
    print("MESSAGE", error)
os.unlink(scripts + "/ballast")
run = Experiment(ws, "small").submit(Pipeline(ws, steps=[PythonScriptStep("fine.py", source_directory=scripts,
                                                                          compute_target="local")]))
run.wait_for_completion(show_output=False)
print("THEN", run.get_status())
connect(disk + "/home").stop_engine()
"""


def test_full_disk_under_the_home(system: System, tmp_path: Path) -> None:
    """On a real disk of 8 MB, in a mount namespace of its own."""
    disk, scripts = tmp_path / "disk", tmp_path / "scripts"
    disk.mkdir()
    shutil.copytree(system[1], scripts)
    mount = f"mount -t tmpfs -o size=8m small {disk}"
    space = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*space, mount], capture_output=True, check=False).returncode
    ):
        pytest.skip("this system lets nobody mount a disk of his own")
    inside = f'{mount} && exec "$0" -W ignore -c "$1" {disk} {scripts}'
    done = subprocess.run(
        [*space, inside, sys.executable, SMALL_DISK], capture_output=True, text=True, timeout=60, check=False
    )
    says(done.stdout + done.stderr, "MESSAGE", "is full", str(disk), "Delete files", "THEN Finished")


def test_a_datastore_that_is_gone_or_cannot_be_written(system: System, tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    gone = Datastore.register_local(system[0], "gone", str(folder))
    folder.rmdir()
    refused(lambda: gone.upload(str(system[1]), show_progress=False), "'gone'", str(folder), "mounted")
    run = submitted(system, step(system, "fine.py", outputs=[PipelineData("o", datastore=gone)]))
    with pytest.raises(Exception, match="mounted"):
        run.wait_for_completion(show_output=False)
    folder.write_text("a file stands there")
    refused(lambda: gone.upload(str(system[1]), show_progress=False), "'gone'", str(folder), "not a folder")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_datastore_without_permission(system: System, tmp_path: Path) -> None:
    folder = tmp_path / "readonly"
    folder.mkdir()
    store = Datastore.register_local(system[0], "readonly", str(folder))
    folder.chmod(0o500)
    try:
        refused(lambda: store.upload(str(system[1]), show_progress=False), str(folder), "permission")
    finally:
        folder.chmod(0o700)


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


def called(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = [str(Path(sys.executable).parent / "lazulite"), *words]
    environment = {**os.environ, "LAZULITE_HOME": str(home)}
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_an_error_is_data_as_well(system: System) -> None:
    """v1's exceptions of failed runs carry their error as JSON would: `get_details()["error"]`."""
    run = submitted(system, step(system, "code.py", name="a"))
    with pytest.raises(Exception, match="exit code 3"):
        run.wait_for_completion(show_output=False)
    details = json.loads(json.dumps(run.get_details()["error"]))
    says(details["error"]["message"], "'a'", "code.py", "exit code 3")
