"""What watching prints, on recorded events and on logs that grow."""

import io
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from lazulite.model.events import Event, EventKind
from lazulite.model.run import Run, RunError, RunKind, RunStatus
from lazulite.sdk.artifacts import RunFiles
from lazulite.sdk.exceptions import ExperimentExecutionException, UserErrorException
from lazulite.sdk.local_files import LocalFiles
from lazulite.sdk.log_tail import LogTail
from lazulite.sdk.transcript import Transcript, duration, labels
from lazulite.sdk.watching import checked_timeout, interruptible
from lazulite.storage.folders import FolderStore

AT = datetime(2024, 5, 1, tzinfo=timezone.utc)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def record(
    run_id: str,
    name: str,
    kind: RunKind = RunKind.STEP,
    status: RunStatus = RunStatus.NOT_STARTED,
    **more: Any,
) -> Run:
    return Run(run_id, "ws", "exp", kind, status, AT, name=name, parent_id="pipe", root_id="pipe", **more)


def status(subject: str, word: RunStatus, sequence: int = 1, **data: Any) -> Event:
    return Event(sequence, "pipe", subject, EventKind.STATUS, AT, {"status": word.value, **data})


@pytest.fixture
def steps():
    return [record("s1", "prepare"), record("s2", "train"), record("s3", "train")]


@pytest.fixture
def out():
    return io.StringIO()


@pytest.fixture
def transcript(steps, out):
    return Transcript(out, record("pipe", "exp", RunKind.PIPELINE), steps)


def test_each_state_is_printed_once(transcript, out):
    for event in (
        Event(1, "pipe", "pipe", EventKind.SUBMITTED, AT),
        status("pipe", RunStatus.RUNNING),
        Event(3, "pipe", "s1", EventKind.LAUNCHED, AT, {"job": "s1-1", "attempt": 1}),
        status("s1", RunStatus.QUEUED),
        status("s1", RunStatus.RUNNING),
        status("s1", RunStatus.COMPLETED),
        status("s2", RunStatus.BYPASSED),
        Event(9, "pipe", "unknown", EventKind.STATUS, AT, {"status": "Running"}),
    ):
        transcript.event(event)
    assert out.getvalue().splitlines() == [
        "PipelineRun Status: NotStarted",
        "PipelineRun Status: Running",
        "StepRun( prepare ) Status: Queued",
        "StepRun( prepare ) Status: Running",
        "StepRun( prepare ) Status: Finished",
        "StepRun( train s2 ) Status: Bypassed (a step it depends on failed)",
    ]


def test_a_reused_step_says_so_loudly(transcript, out):
    transcript.event(status("s1", RunStatus.COMPLETED, reused_run_id="old"))
    assert "REUSED" in out.getvalue()
    assert "old" in out.getvalue()


def test_log_lines_carry_the_name_only_while_several_run(transcript, out):
    transcript.event(status("s1", RunStatus.RUNNING))
    transcript.log("s1", ["alone"])
    transcript.event(status("s2", RunStatus.RUNNING))
    transcript.log("s1", ["together"])
    transcript.event(status("s1", RunStatus.COMPLETED))
    transcript.log("s2", ["alone again"])
    assert [line for line in out.getvalue().splitlines() if "Status" not in line] == [
        "alone",
        "[prepare] together",
        "alone again",
    ]


def test_one_step_alone_is_all_that_is_printed(steps, out):
    only = Transcript(out, record("pipe", "exp", RunKind.PIPELINE), steps, only="s1")
    only.event(status("pipe", RunStatus.RUNNING))
    only.event(status("s2", RunStatus.RUNNING))
    only.event(status("s1", RunStatus.RUNNING))
    only.summary(record("pipe", "exp", RunKind.PIPELINE), steps)
    assert "s2" not in out.getvalue()
    assert "StepRun( prepare ) Status: Running" in out.getvalue()


def test_a_failure_shows_the_scripts_own_words_first(transcript, out):
    error = RunError("UserScript", "exit code 1", "Traceback …\nValueError: no such column")
    transcript.failure(record("s1", "prepare", status=RunStatus.FAILED, error=error), "/x/70_driver_log.txt")
    shown = out.getvalue()
    assert shown.index("ValueError: no such column") < shown.index("Step 'prepare' failed: exit code 1")
    assert "s1" in shown
    assert "/x/70_driver_log.txt" in shown


def test_the_summary_has_a_line_for_each_step(transcript, out):
    done = AT + timedelta(seconds=90)
    steps = [
        record("s1", "prepare", status=RunStatus.COMPLETED, reused_run_id="old"),
        record("s2", "train", status=RunStatus.COMPLETED, started_at=AT, ended_at=done),
        record("s3", "train", status=RunStatus.FAILED),
    ]
    transcript.summary(record("pipe", "exp", RunKind.PIPELINE, RunStatus.FAILED, ended_at=done), steps)
    shown = out.getvalue().splitlines()
    assert shown[3:] == [
        "  prepare   Reused     from run old",
        "  train s2  Finished   1 min 30 s",
        "  train s3  Failed",
        "PipelineRun Status: Failed after 1 min 30 s",
    ]


def test_colours_only_on_a_terminal_that_wants_them(steps, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    for unwanted, coloured in (("", True), ("1", False)):
        monkeypatch.delenv("NO_COLOR", raising=False)
        if unwanted:
            monkeypatch.setenv("NO_COLOR", unwanted)
        terminal = Terminal()
        shown = Transcript(terminal, record("pipe", "exp", RunKind.PIPELINE), steps)
        shown.event(status("s1", RunStatus.FAILED))
        assert ("\033[" in terminal.getvalue()) is coloured


def test_standard_output_may_be_anything_that_writes(steps):
    class Copy:
        def __init__(self) -> None:
            self.text = ""

        def write(self, text: str) -> int:
            self.text += text
            return len(text)

        def flush(self) -> None:
            pass

    copy: Any = Copy()
    Transcript(copy, record("pipe", "exp", RunKind.PIPELINE), steps).say("red", "31")
    assert copy.text == "red\n"


def test_names_are_told_apart(steps):
    assert labels(steps) == {"s1": "prepare", "s2": "train s2", "s3": "train s3"}


def test_durations():
    assert duration(AT, AT + timedelta(seconds=3.21)) == "3.2 s"
    assert duration(AT, AT + timedelta(seconds=125)) == "2 min 5 s"
    assert duration(None, AT) == ""


def test_a_growing_log_is_read_line_by_whole_line(tmp_path):
    folder = tmp_path / "run" / "azureml-logs"
    folder.mkdir(parents=True)
    tail = LogTail(RunFiles(LocalFiles(FolderStore(tmp_path)), "run"))
    assert list(tail.lines()) == []
    log = folder / "70_driver_log.txt"
    (folder / "65_job_prep.txt").write_text("staging\n")  # the worker's own notes are not shown
    snowman = "☃".encode()
    log.write_bytes(b"one\ntw" + snowman[:1])
    assert list(tail.lines()) == ["one"]
    with log.open("ab") as file:
        file.write(snowman[1:] + b"o\n 10%\r 50%\r100%\r\nrest \xff")
    assert list(tail.lines()) == ["tw☃o", "100%"]
    assert list(tail.lines()) == []
    assert list(tail.lines(ended=True)) == ["rest �"]
    assert list(tail.lines(ended=True)) == []


def test_ctrl_c_says_that_the_run_goes_on():
    with (
        pytest.raises(ExperimentExecutionException, match=r"goes on.*lazulite runs cancel run-1"),
        interruptible("run-1"),
    ):
        raise KeyboardInterrupt


@pytest.mark.parametrize("given", ["5", -1, True])
def test_timeouts_are_seconds(given):
    with pytest.raises(UserErrorException, match="timeout_seconds"):
        checked_timeout(given)
