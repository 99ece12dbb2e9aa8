"""Time limits, cancellation, and what scripts leave behind: jobs in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.unit.worker.conftest import Jobs

from lazulite.model.errors import Conflict
from lazulite.model.job import Job, JobOutput, OutcomeStatus
from lazulite.model.plan import RunShell
from lazulite.model.run import RunStatus
from lazulite.testing.compute_contract import eventually, is_running
from lazulite.worker import identity
from lazulite.worker.ending import end_session
from lazulite.worker.folder import JobFolder
from lazulite.worker.run import run_job

SLEEP = "import os, pathlib, time\npathlib.Path('../pid').write_text(str(os.getpid()))\ntime.sleep(60)\n"
IGNORE = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAZULITE_CANCEL_GRACE_SECONDS", "0.2")


def pid_of(job: Job, name: str = "pid") -> int:
    """The pid that the job's script wrote, once it did."""
    path = Path(job.folder) / name
    return int(eventually(lambda: path.exists() and path.read_text()))


def test_a_time_limit_ends_the_script_and_says_so(jobs: Jobs) -> None:
    ran = jobs.run(SLEEP, timeout_seconds=0.3)
    assert ran.outcome.status is OutcomeStatus.FAILED
    assert ran.outcome.error is not None
    assert ran.outcome.error.code == "TimedOut"
    assert "step.py was ended after 0.3 seconds, the time limit of the step (timeout_seconds)" in ran.message
    assert not is_running(pid_of(ran.job))


def test_a_time_limit_may_be_v1s_thirty_days(jobs: Jobs) -> None:
    assert jobs.run("print('well')", timeout_seconds=2_592_000).outcome.status is OutcomeStatus.COMPLETED


def test_a_canceled_script_may_tidy_up_and_the_job_is_canceled(jobs: Jobs) -> None:
    tidy = """
import signal, sys
def end(number, frame):
    open("outputs/tidied", "w").close()
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
"""
    job, process = jobs.start(tidy + SLEEP, outputs=(JobOutput("out", "data", "out"),))
    script = pid_of(job)
    process.send_signal(signal.SIGTERM)
    ran = jobs.finish(job, process)
    assert ran.outcome.status is OutcomeStatus.CANCELED
    assert ran.outcome.error is None
    assert (ran.artifacts / "outputs/tidied").exists()
    assert not is_running(script)


def test_a_script_that_does_not_listen_is_killed_with_all_it_started(jobs: Jobs) -> None:
    helper = (
        "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', "
        + repr(IGNORE + "import time; time.sleep(60)")
        + "])\nopen('../child', 'w').write(str(child.pid))\n"
    )
    job, process = jobs.start(IGNORE + helper + SLEEP)
    script, child = pid_of(job), pid_of(job, "child")
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)
    assert jobs.finish(job, process).outcome.status is OutcomeStatus.CANCELED
    assert not is_running(script)
    assert not is_running(child)


def test_a_job_is_canceled_before_its_script_starts(jobs: Jobs) -> None:
    """A file that blocks the reader stands for slow storage."""
    job = jobs.make("raise SystemExit('it ran')")
    manifest = Path(job.blobs) / job.snapshot[:2] / job.snapshot
    manifest.unlink()
    os.mkfifo(manifest)
    process = subprocess.Popen([sys.executable, "-m", "lazulite.worker", job.folder])
    files = JobFolder(Path(job.folder))
    eventually((jobs.data / job.artifact_path / "azureml-logs").exists)
    time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert jobs.finish(job, process).outcome.status is OutcomeStatus.CANCELED
    assert files.stage() is RunStatus.PREPARING


def test_what_a_script_leaves_running_is_ended_with_it(jobs: Jobs) -> None:
    action = RunShell("sleep 60 & echo $! > ../pid; exec 1>&- 2>&-; exit 0")
    job, process = jobs.start("", action=action)
    ran = jobs.finish(job, process)
    assert ran.outcome.status is OutcomeStatus.COMPLETED
    assert not is_running(pid_of(job))
    assert "processes that the script left behind were ended" in ran.log("azureml-logs/75_job_post.txt")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
def test_a_daemon_is_ended_with_its_script_although_it_holds_the_output_open(jobs: Jobs) -> None:
    script = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("../pid.new", "w").write(str(os.getpid()))
        os.rename("../pid.new", "../pid")
        time.sleep(60)
    os._exit(0)
os.wait()
while not os.path.exists("../pid"):
    time.sleep(0.01)
"""
    job, process = jobs.start(script)
    began = time.monotonic()
    assert jobs.finish(job, process).outcome.status is OutcomeStatus.COMPLETED
    assert time.monotonic() - began < 15
    assert not is_running(pid_of(job))


def test_a_job_never_runs_twice(jobs: Jobs) -> None:
    ran = jobs.run("pass")
    with pytest.raises(Conflict, match="was started before"):
        run_job(ran.job)


def test_the_program_says_what_is_wrong_with_its_folder(jobs: Jobs) -> None:
    for folder, said in (
        (jobs.run("pass").folder, "was started before"),
        (jobs.home / "none", "No such file"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "lazulite.worker", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert said in done.stderr
        assert "Traceback" not in done.stderr


def test_stages_are_told_and_kept(jobs: Jobs) -> None:
    seen: list[RunStatus] = []
    job = jobs.make("pass")
    run_job(job, seen.append)
    assert seen == [RunStatus.PREPARING, RunStatus.RUNNING, RunStatus.FINALIZING]
    assert JobFolder(Path(job.folder)).stage() is RunStatus.FINALIZING


def test_signals_are_as_before_after_a_job(jobs: Jobs) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    descriptors = len(os.listdir("/dev/fd"))  # noqa: PTH208 - a count
    jobs.run("pass")
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
    assert len(os.listdir("/dev/fd")) == descriptors  # noqa: PTH208


def test_a_session_is_ended_only_while_its_number_means_it() -> None:
    """What runs in the session of another boot, or of a pid that lives again, is not ours."""
    holder = subprocess.Popen(
        ["/bin/sh", "-c", "sleep 60 & echo; read never"],
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    leader = identity.identity_of(holder.pid)
    assert leader is not None
    try:
        assert end_session(identity.ProcessIdentity(leader.pid, "another boot:1")) == 0
        assert end_session(identity.ProcessIdentity(leader.pid, leader.born + "0")) == 0
        holder.kill()
        holder.wait()
        assert end_session(leader) == 1
    finally:
        holder.communicate()


def test_a_process_is_known_by_more_than_its_pid() -> None:
    me = identity.current()
    assert identity.is_alive(me)
    assert identity.is_of_this_boot(me)
    assert not identity.is_alive(identity.ProcessIdentity(me.pid, me.born + "1"))
    assert not identity.is_of_this_boot(identity.ProcessIdentity(me.pid, "earlier"))
