"""What a script finds when it runs: folder, arguments, variables, modules, environment; and its logs."""

from __future__ import annotations

import json
import shutil
import sys
import uuid
from pathlib import Path

import pytest
from tests.unit.worker.conftest import Jobs

from lazulite.model.environment import EnvironmentSpec
from lazulite.model.job import OutcomeStatus
from lazulite.model.plan import Literal, RunProgram, RunScript, RunShell
from lazulite.worker.folder import JobFolder
from lazulite.worker.run import run_job

SHOW = """
import json, os, sys
print(json.dumps({"argv": sys.argv, "cwd": os.getcwd(), "env": dict(os.environ), "path": sys.path}))
"""


def test_the_script_runs_in_its_snapshot_with_its_arguments(jobs: Jobs) -> None:
    ran = jobs.run(SHOW, arguments=(Literal("--n"), Literal("2 3"), Literal(""), Literal("ü")))
    seen = json.loads(ran.printed)
    assert seen["argv"] == ["step.py", "--n", "2 3", "", "ü"]
    assert seen["cwd"] == str(ran.folder / "work")
    assert ran.outcome.status is OutcomeStatus.COMPLETED
    assert ran.outcome == JobFolder(ran.folder).result()


def test_modules_beside_the_script_are_importable(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    files = {
        "helper.py": "WORD = 'found'",
        "deep/main.py": "import beside; print(beside.WORD)",
        "deep/beside.py": "WORD = 2",
    }
    assert jobs.run("import helper; print(helper.WORD)", files=files).printed == "found\n"
    assert jobs.run("", files=files, action=RunScript("deep/main.py")).printed == "2\n"


def test_the_variables_of_v1(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZUREML_RUN_ID", "of-another-run")
    monkeypatch.setenv("AML_PARAMETER_OLD", "of another step")
    monkeypatch.setenv("LAZULITE_URL", "https://elsewhere")
    environment = EnvironmentSpec(variables={"MINE": "1", "AZUREML_RUN_ID": "forged"})
    ran = jobs.run(SHOW, parameters={"lr": "0.1"}, environment=environment)
    env = json.loads(ran.printed)["env"]
    job = ran.job
    expected = {
        "AZUREML_RUN_ID": job.run_id,
        "AZUREML_ROOT_RUN_ID": job.pipeline_run_id,
        "AZUREML_ARM_SUBSCRIPTION": "subscription",
        "AZUREML_ARM_RESOURCEGROUP": "group",
        "AZUREML_ARM_WORKSPACE_NAME": "contract",
        "AZUREML_ARM_PROJECT_NAME": "contract",
        "AZUREML_WORKSPACE_ID": "workspace-1",
        "AML_PARAMETER_lr": "0.1",
        "LAZULITE_HOME": job.home,
        "LAZULITE_JOB": job.folder,
        "LAZULITE_OUTBOX": f"{job.folder}/outbox.jsonl",
        "LAZULITE_ARTIFACTS": str(ran.artifacts),
        "MINE": "1",
    }
    assert {name: env.get(name) for name in expected} == expected
    assert uuid.UUID(env["AZUREML_EXPERIMENT_ID"])
    assert all(
        env[name] for name in ("AZUREML_RUN_TOKEN", "AZUREML_RUN_TOKEN_EXPIRY", "AZUREML_SERVICE_ENDPOINT")
    )
    assert env["AZUREML_DISCOVERY_SERVICE_ENDPOINT"] == env["AZUREML_SERVICE_ENDPOINT"]
    assert not {"AML_PARAMETER_OLD", "LAZULITE_URL"} & set(env)
    assert env["PATH"].startswith(str(Path(sys.executable).parent))


def test_another_interpreter_does_not_look_for_packages_of_ours(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(jobs.home / "ours"))
    monkeypatch.setenv("VIRTUAL_ENV", "/ours")
    assert str(jobs.home / "ours") in json.loads(jobs.run(SHOW).printed)["path"]
    other = jobs.home / "python"
    other.symlink_to(sys.executable)
    environment = EnvironmentSpec(user_managed=True, interpreter_path=str(other))
    ran = jobs.run(SHOW, environment=environment)
    seen = json.loads(ran.printed)
    assert str(jobs.home / "ours") not in seen["path"]
    assert "VIRTUAL_ENV" not in seen["env"]
    assert ran.outcome.facts["interpreter"] == str(other)
    assert ran.outcome.facts["environment_how"] == "user-managed"


# --- commands ---


def test_a_program_of_the_snapshot_of_the_environment_or_of_the_path_is_run(jobs: Jobs) -> None:
    program = (Literal("python"), Literal("-c"), Literal("import sys; print(sys.executable)"))
    assert jobs.run("", action=RunProgram(), arguments=program).printed == f"{sys.executable}\n"
    assert (
        jobs.run("", action=RunProgram(), arguments=(Literal("echo"), Literal("$HOME;"))).printed
        == "$HOME;\n"
    )


def test_a_shell_command_is_expanded_by_the_shell(jobs: Jobs) -> None:
    action = RunShell('echo "$AML_PARAMETER_word" | tr a-z A-Z')
    assert jobs.run("", action=action, parameters={"word": "it's; $(x)"}).printed == "IT'S; $(X)\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "command is empty. Expected a program"),
        (("no-such-program",), "'no-such-program' was found neither in the step's snapshot nor on PATH"),
        (
            ("step.py",),
            "'step.py' is a file of the step's snapshot but not executable. Run `chmod +x step.py`",
        ),
        (("echo", "x" * 3_000_000), "could not be started: Argument list too long. The arguments"),
        (("echo", "a\0b"), "echo could not be started: embedded null byte"),
    ],
)
def test_a_command_that_cannot_be_started_says_why(
    jobs: Jobs, arguments: tuple[str, ...], expected: str
) -> None:
    ran = jobs.run("", action=RunProgram(), arguments=tuple(map(Literal, arguments)))
    assert expected in ran.message
    assert ran.outcome.status is OutcomeStatus.FAILED


def test_a_script_that_is_not_in_the_snapshot_is_named(jobs: Jobs) -> None:
    message = jobs.run("", action=RunScript("train.py")).message
    assert message == (
        "The script 'train.py' is not in the step's snapshot. "
        "Check that no ignore file (.amlignore, .gitignore) excludes it."
    )


# --- logs ---


def test_the_logs_of_v1_are_in_the_artifacts(jobs: Jobs) -> None:
    ran = jobs.run("import sys; print('out'); print('err', file=sys.stderr)")
    found = {
        path.relative_to(ran.artifacts).as_posix() for path in ran.artifacts.rglob("*") if path.is_file()
    }
    assert found == {
        "azureml-logs/55_azureml-execution.txt",
        "azureml-logs/65_job_prep.txt",
        "azureml-logs/70_driver_log.txt",
        "azureml-logs/75_job_post.txt",
        "logs/azureml/executionlogs.txt",
        "logs/azureml/stderrlogs.txt",
        "logs/azureml/stdoutlogs.txt",
    }
    assert sorted(ran.printed.split()) == ["err", "out"]
    assert ran.log("logs/azureml/stdoutlogs.txt") == "out\n"
    assert ran.log("logs/azureml/stderrlogs.txt") == "err\n"
    assert f"Snapshot {ran.job.snapshot}: 1 files" in ran.log("azureml-logs/65_job_prep.txt")
    assert "step.py" in ran.log("azureml-logs/55_azureml-execution.txt")
    assert (ran.folder / "worker.log").exists() is False


def test_output_is_unbuffered_and_in_the_order_in_which_it_came(jobs: Jobs) -> None:
    script = """
import sys, time
for number in range(4):
    print(number, end=" ", file=sys.stderr if number % 2 else sys.stdout)
    time.sleep(0.03)
"""
    assert jobs.run(script).printed == "0 1 2 3 "


def test_much_output_is_kept_whole(jobs: Jobs) -> None:
    ran = jobs.run("import sys\nfor n in range(20000): sys.stdout.write(f'line {n}\\n')")
    assert ran.printed == "".join(f"line {number}\n" for number in range(20000))


def test_bytes_that_are_no_text_are_kept(jobs: Jobs) -> None:
    ran = jobs.run("import sys; sys.stdout.buffer.write(bytes(range(256))); sys.exit(3)")
    assert (ran.artifacts / "azureml-logs/70_driver_log.txt").read_bytes() == bytes(range(256))
    assert "exit code 3" in ran.message


def test_logs_of_the_script_are_seen_while_it_runs(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lazulite.worker.mirror._SECONDS", 0.02)
    script = """
import os, pathlib, time
log = pathlib.Path("logs/deep/mine.txt")
log.parent.mkdir()
seen = pathlib.Path(os.environ["LAZULITE_ARTIFACTS"], "logs/deep/mine.txt")
for text in ("one\\n", "one\\ntwo\\n", "replaced\\n"):
    log.write_text(text)
    deadline = time.monotonic() + 10
    while not (seen.exists() and seen.read_text() == text):
        assert time.monotonic() < deadline, text
        time.sleep(0.005)
log.write_text("last words\\n")
pathlib.Path("logs/azureml").mkdir()
pathlib.Path("logs/azureml/executionlogs.txt").write_text("forged")
"""
    ran = jobs.run(script)
    assert ran.outcome.status is OutcomeStatus.COMPLETED, ran.outcome
    assert ran.log("logs/deep/mine.txt") == "last words\n"
    assert "forged" not in ran.log("logs/azureml/executionlogs.txt")


def test_outputs_are_collected_also_after_a_failure(jobs: Jobs) -> None:
    script = "import pathlib\npathlib.Path('outputs/deep').mkdir()\npathlib.Path('outputs/deep/model').write_text('m')\n"
    for ran in (jobs.run(script), jobs.run(script + "raise SystemExit(1)")):
        assert ran.log("outputs/deep/model") == "m"
    assert ran.outcome.status is OutcomeStatus.FAILED


@pytest.mark.parametrize(
    "mess", ["open('large', 'wb').truncate(1 << 20)", "[open(f'{i}', 'w') for i in range(50)]"]
)
def test_after_success_much_that_was_staged_is_removed_and_after_a_failure_it_stays(
    jobs: Jobs, mess: str
) -> None:
    assert not (jobs.run(mess).folder / "work").exists()
    assert (jobs.run(f"{mess}\nraise SystemExit(1)").folder / "work" / "step.py").exists()


def test_a_script_that_removes_its_own_folder_is_no_failure_of_the_worker(jobs: Jobs) -> None:
    ran = jobs.run("import os, shutil\nshutil.rmtree(os.getcwd())")
    assert ran.outcome.status is OutcomeStatus.COMPLETED


def test_a_datastore_that_is_gone_is_named(jobs: Jobs) -> None:
    job = jobs.make("pass")
    shutil.rmtree(jobs.data)
    outcome = run_job(job)
    assert outcome.status is OutcomeStatus.FAILED
    assert outcome.error is not None
    assert "'data'" in outcome.error.message
    assert str(jobs.data) in outcome.error.message


def test_artifacts_that_cannot_be_written_fail_the_job_by_name(jobs: Jobs) -> None:
    job = jobs.make("pass", artifact_path="azureml/run")
    (jobs.data / "azureml").touch()  # also root cannot write below a file
    error = run_job(job).error
    assert error is not None
    assert error.code == "StorageError"
    assert f"{jobs.data}/azureml/run" in error.message
