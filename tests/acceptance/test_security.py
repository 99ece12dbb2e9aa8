"""What nobody may do by accident or on purpose: leave a folder by a name or a link, reach a shell by a value, read what is
private, or mix up two workspaces."""

from __future__ import annotations

import ast
import os
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import lazulite
from azureml.core import Datastore, Environment, Experiment, Model, Workspace
from azureml.data.data_reference import DataReference
from azureml.exceptions import UserErrorException
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter
from azureml.pipeline.steps import CommandStep, PythonScriptStep
from lazulite.api.connect import connect

System = tuple[Workspace, Path]
ESCAPES = ["..", "../x", "a/../../x", "/etc/x", "", "a\0b"]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A workspace made under the most open umask, in a home that was open to all before, and a folder for code."""
    root = tmp_path_factory.mktemp("security")
    (root / "home").mkdir(mode=0o755)
    before = os.umask(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAZULITE_HOME", str(root / "home"))
        patch.delenv("LAZULITE_URL", raising=False)
        try:
            (root / "code").mkdir()
            (root / "code" / "fine.py").write_text("import sys\nprint(sys.argv)")
            yield Workspace.create("security"), root
        finally:
            os.umask(before)
            connect(str(root / "home")).stop_engine()


def finished(system: System, *steps: Any, **more: Any) -> Any:
    run = Experiment(system[0], "security").submit(Pipeline(system[0], steps=list(steps)), **more)
    run.wait_for_completion(show_output=False)
    return run


def script(system: System, name: str = "fine.py", **more: Any) -> PythonScriptStep:
    return PythonScriptStep(
        script_name=name, source_directory=str(system[1] / "code"), compute_target="local", **more
    )


def refused(action: Callable[[], object]) -> str:
    with pytest.raises((UserErrorException, ValueError)) as caught:
        action()
    return str(caught.value)


def test_nothing_of_a_workspace_can_be_entered_by_others(system: System) -> None:
    finished(system, script(system))
    home = system[1] / "home"
    open_ones = [
        place.relative_to(home).as_posix()
        for place in [*home.glob("*"), *home.glob("workspaces/*")]
        if stat.S_IMODE(place.lstat().st_mode) & 0o077
    ]
    # What tells git and snapshots to stay out holds nothing; below `workspaces` each folder is closed.
    assert set(open_ones) <= {"workspaces", ".gitignore", ".amlignore"}


def test_a_home_is_made_for_its_owner(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        connect(str(tmp_path / "new")).list_workspaces()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ESCAPES)
def test_names_of_files_stay_in_their_folder(system: System, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    run = Experiment(system[0], "names").start_logging(snapshot_directory=None)
    store: Any = system[0].get_default_datastore()
    before = everything(system[1])
    refused(lambda: run.upload_file(name, str(tmp_path / "file")))
    refused(lambda: run.download_file(name, str(tmp_path / "out")))
    refused(lambda: Model.register(system[0], str(tmp_path / "file"), name))
    refused(lambda: Environment(name).register(system[0]))
    refused(lambda: Datastore.register_local(system[0], name, str(tmp_path)))
    refused(lambda: PipelineData(name))
    if ".." in name and name not in {"../x", ".."}:  # v1: leading ones mean nothing
        refused(lambda: store.upload_files([str(tmp_path / "file")], target_path=name))
    run.log_image(name or "image", path=str(tmp_path / "file"))
    run.complete()
    added = everything(system[1]) - before
    assert all(f"dcid.{run.id}" in place for place in added if "datastores" in place), added


def everything(root: Path) -> set[str]:
    return {str(place) for place in root.rglob("*") if place.is_file() and "lazulite.db" not in place.name}


def test_links_that_lead_out(system: System, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("secret")
    store: Any = system[0].get_default_datastore()
    root = Path(store._record.folder)
    (root / "link").symlink_to(secret)
    with pytest.raises(Exception, match="symbolic link"):
        finished(system, script(system, inputs=[DataReference(store, "d", path_on_datastore="link")]))
    assert "link" in refused(lambda: store.download(str(tmp_path / "out"), prefix="link"))
    (tmp_path / "file").write_text("x")
    assert "link" in refused(lambda: store.upload_files([str(tmp_path / "file")], target_path="link"))
    assert [place.name for place in secret.iterdir()] == ["key"]
    (root / "link").unlink()


def test_a_link_in_the_source_folder_takes_nothing_along(system: System, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    code = tmp_path / "code"
    shutil.copytree(system[1] / "code", code)
    (code / "link").symlink_to(tmp_path / "secret")
    step = PythonScriptStep("fine.py", source_directory=str(code), compute_target="local")
    pipeline = Pipeline(system[0], steps=[step])
    message = refused(lambda: Experiment(system[0], "security").submit(pipeline))
    assert "link" in message
    assert str(tmp_path / "secret") in message


def test_an_output_that_becomes_a_link_is_no_way_out(system: System) -> None:
    (system[1] / "code" / "out.py").write_text(
        "import os, sys\nos.rmdir(sys.argv[1])\nos.symlink('/etc', sys.argv[1])"
    )
    data = PipelineData("x")
    with pytest.raises(Exception, match="leads out of"):
        finished(system, script(system, "out.py", arguments=[data], outputs=[data]))


def test_a_value_never_becomes_a_command(system: System, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    given = PipelineParameter("given", "x")
    commands: list[Any] = [
        "echo begin && echo $AML_PARAMETER_given",
        "echo begin && echo '$AML_PARAMETER_given'",
        'echo "$AML_PARAMETER_given"',
        ["echo", "begin", "&&", "echo", given],
        ["echo", given],
    ]
    steps = [
        CommandStep(
            name=f"command{number}",
            command=command,
            params={"given": given} if isinstance(command, str) else None,
            source_directory=str(system[1] / "code"),
            compute_target="local",
        )
        for number, command in enumerate(commands)
    ]
    pipeline = Pipeline(system[0], steps=steps)
    values = [
        text.format(f"touch {mark}") for text in ("; {}", "$({})", "`{}`", "'; {} '", '"; {} "', "a\n{}")
    ]
    for value in values:
        run = Experiment(system[0], "values").submit(pipeline, pipeline_parameters={"given": value})
        run.wait_for_completion(show_output=False)
        for step in run.get_steps():
            assert value in step.get_stdout_log()
    assert not mark.exists()


def test_two_workspaces_do_not_see_each_other(system: System) -> None:
    other = Workspace.create("elsewhere")
    run = finished(system, script(system))
    refused(lambda: other.get_run(run.id))
    foreign = DataReference(system[0].get_default_datastore(), "d")
    for given in ({"inputs": [foreign]}, {"outputs": [PipelineData("o", datastore=foreign.datastore)]}):
        message = refused(partial(Pipeline, other, steps=[script(system, **given)]))
        assert "'security'" in message
        assert "'elsewhere'" in message
    refused(lambda: Experiment(other, "e").submit(Pipeline(system[0], steps=[script(system)])))
    again = Experiment(other, "e").submit(Pipeline(other, steps=[script(system)]))
    again.wait_for_completion(show_output=False)
    assert "azureml.isreused" not in again.find_step_run("fine.py")[0].get_properties()


def test_a_restored_snapshot_holds_plain_names(system: System, tmp_path: Path) -> None:
    run = finished(system, script(system))
    archive = run.find_step_run("fine.py")[0].restore_snapshot(path=str(tmp_path))
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
    assert "fine.py" in names
    assert not any(name.startswith("/") or ".." in name.split("/") for name in names)


def test_credentials_of_a_git_remote_are_not_kept(system: System, tmp_path: Path) -> None:
    from lazulite.sdk.provenance import git_properties

    code = tmp_path / "code"
    (code / ".git" / "refs" / "heads").mkdir(parents=True)
    (code / ".git" / "objects").mkdir()
    (code / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (code / ".git" / "config").write_text(
        '[core]\n\trepositoryformatversion = 0\n[remote "origin"]\n'
        "\turl = https://user:password1@example.com/r.git?token=password2\n"
    )
    facts = git_properties(str(code))
    assert "example.com" in str(facts)
    assert "password" not in str(facts)


#: Run the user's script, which is code; speak to each other over a pair of sockets that nobody else has.
FORKING = {"fork_server.py", "fork_client.py"}
#: Run the user's own code, as their step asks for it: a notebook's cells, a script on Spark, Python written into U-SQL.
CODE_OF_USERS = {"tasks/spark/notebook.py", "tasks/spark/scripts.py", "usql/user/ports.py"}
STARTING = {"run", "Popen", "call", "check_call", "check_output"}
FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "joblib"}
CALLS = {"eval", "exec", "extractall", "unpack_archive", "mktemp"}


def test_no_data_become_code() -> None:
    """Nothing of ours unpickles, evaluates or unpacks what somebody else wrote, and no text reaches a shell of ours."""
    found = []
    for place in Path(lazulite.__file__).parent.rglob("*.py"):
        if "demo" in place.parts or place.name in FORKING or place.as_posix().endswith(tuple(CODE_OF_USERS)):
            continue
        for node in ast.walk(ast.parse(place.read_text())):
            if isinstance(node, ast.Import):
                found += [name.name for name in node.names if name.name.split(".")[0] in FORBIDDEN]
            elif isinstance(node, ast.ImportFrom):
                found += [node.module or ""] if (node.module or "").split(".")[0] in FORBIDDEN else []
            elif isinstance(node, ast.Call):
                name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
                owner = getattr(getattr(node.func, "value", None), "id", "")
                unsafe_yaml = owner == "yaml" and name in ("load", "load_all", "unsafe_load")
                shell = name in STARTING and any(word.arg == "shell" for word in node.keywords)
                shell = shell or (owner, name) == ("os", "system")
                found += [f"{place}: {name}"] if name in CALLS or unsafe_yaml or shell else []
    assert found == []
