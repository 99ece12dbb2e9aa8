"""The messages of what fails while it runs: scripts, disks and folders. Each is provoked for real."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.messages import (
    System,
    refused,
    says,
    step,
    submitted,
    workspace_with_scripts,
)
from tests.permissions import modes_count

from azureml.core import Datastore
from azureml.pipeline.core import PipelineData

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with workspace_with_scripts(tmp_path_factory.mktemp("messages")) as found:
        yield found


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


def test_an_error_is_data_as_well(system: System) -> None:
    """v1's exceptions of failed runs carry their error as JSON would: `get_details()["error"]`."""
    run = submitted(system, step(system, "code.py", name="a"))
    with pytest.raises(Exception, match="exit code 3"):
        run.wait_for_completion(show_output=False)
    details = json.loads(json.dumps(run.get_details()["error"]))
    says(details["error"]["message"], "'a'", "code.py", "exit code 3")


# --- disks and folders ---


def test_upload_of_what_is_not_there(system: System, tmp_path: Path) -> None:
    store: Any = system[0].get_default_datastore()
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
    store: Any = system[0].get_default_datastore()
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


def test_a_datastore_without_permission(system: System, tmp_path: Path) -> None:
    folder = tmp_path / "readonly"
    folder.mkdir()
    store = Datastore.register_local(system[0], "readonly", str(folder))
    folder.chmod(0o500)
    try:
        with modes_count():
            refused(lambda: store.upload(str(system[1]), show_progress=False), str(folder), "permission")
    finally:
        folder.chmod(0o700)
