"""What a user reads when a step fails."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest
from tests.unit.worker.conftest import Jobs

from lazulite.model.errors import StorageFull
from lazulite.model.job import OutcomeStatus, Resources
from lazulite.model.plan import RunShell
from lazulite.worker import failure


def test_the_scripts_own_exception_comes_first_and_its_traceback_is_kept(jobs: Jobs) -> None:
    ran = jobs.run("print('noise')\ndef f():\n    raise ValueError('bad\\nvalue')\nf()")
    error = ran.outcome.error
    assert error is not None
    assert error.code == "UserError"
    assert error.message == "step.py failed with exit code 1: ValueError: bad\nvalue"
    assert error.details.startswith("Traceback (most recent call last):\n")
    assert 'step.py", line 4, in <module>' in error.details
    assert "noise" not in error.details


def test_causes_belong_to_the_traceback_and_earlier_ones_do_not(jobs: Jobs) -> None:
    script = """
import traceback
try:
    1 / 0
except ZeroDivisionError:
    traceback.print_exc()
try:
    [][0]
except IndexError as error:
    raise RuntimeError("outer") from error
"""
    error = jobs.run(script).outcome.error
    assert error is not None
    assert error.message.endswith("RuntimeError: outer")
    assert "IndexError" in error.details
    assert "ZeroDivisionError" not in error.details


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("import sys; sys.exit('no data for May')", "step.py failed with exit code 1: no data for May"),
        ("import sys; print('last line'); sys.exit(4)", "step.py failed with exit code 4: last line"),
        ("import sys; sys.exit(4)", "step.py failed with exit code 4."),
        ("import os; os.kill(os.getpid(), 11)", "step.py was ended by SIGSEGV. Native code in the script"),
        (
            "import os; os.kill(os.getpid(), 9)",
            "step.py was ended by SIGKILL. The usual cause is that the machine",
        ),
    ],
)
def test_a_script_without_a_traceback(jobs: Jobs, script: str, message: str) -> None:
    ran = jobs.run(script)
    assert ran.message.startswith(message)
    assert ran.outcome.status is OutcomeStatus.FAILED


def test_a_signal_that_a_shell_reports_is_one(jobs: Jobs) -> None:
    assert "the command was ended by SIGKILL" in jobs.run("", action=RunShell("sh -c 'kill -9 $$'")).message
    assert "the command failed with exit code 7" in jobs.run("", action=RunShell("exit 7")).message


def test_too_little_memory_names_the_size(jobs: Jobs) -> None:
    resources = Resources(cores=1, memory=256 << 20, vm_size="Standard_Tiny")
    ran = jobs.run("x = bytearray(1 << 30)", resources=resources)
    assert ran.message.endswith(
        "MemoryError (the compute target's vm_size Standard_Tiny allows a process 0.25 GiB)"
    )


def test_an_unreadable_script_error_does_not_hide_a_full_disk_of_outputs(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script failed, and then ./outputs could not be copied: its author reads about the script."""

    def full(*_: object, **__: object) -> int:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr("lazulite.worker.stages.copy_into", full)
    script = "open('outputs/model', 'w').close()\n"
    ran = jobs.run(script + "raise ValueError('mine')")
    assert "ValueError: mine" in ran.message
    assert "./outputs could not be copied: The disk is full." in ran.log("azureml-logs/75_job_post.txt")
    assert jobs.run(script).message == "The disk is full."


def test_an_error_of_ours_names_its_type_and_where_the_traceback_is() -> None:
    error = failure.of_exception(KeyError("x"), "/somewhere")
    assert error.code == "WorkerError"
    assert "KeyError" in error.message
    assert "executionlogs.txt" in error.message


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_as_one(number: int) -> None:
    error = failure.of_exception(OSError(number, os.strerror(number), "/data/file"), "/data")
    assert error.code == "StorageFull"
    assert error.message == (
        "The disk is full: /data/file could not be written. Free some space on the disk of /data and submit again."
    )


def test_a_disk_that_is_full_while_staging_fails_the_job_and_still_leaves_an_outcome(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every write into the job's folders fails; the outcome gets through once what was staged is removed."""
    real = os.write

    def write(descriptor: int, data: bytes) -> int:
        place = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        if re.search(r"/jobs/[^/]+/work/", place):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data)

    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc to know which file a descriptor is")
    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr("shutil._USE_CP_SENDFILE", False, raising=False)
    monkeypatch.setattr(os, "sendfile", _refuse, raising=False)
    monkeypatch.setattr(os, "copy_file_range", _refuse, raising=False)
    ran = jobs.run("pass")
    assert ran.outcome.error is not None
    assert ran.outcome.error.code == "StorageFull"
    assert "/work" in ran.message


def _refuse(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_traceback_after_a_line_without_an_end_is_found_and_last_words_are_bounded(jobs: Jobs) -> None:
    script = "import sys; print('.' * 300_000, end='', flush=True); raise ValueError('bad')"
    error = jobs.run(script).outcome.error
    assert error
    assert error.details.startswith("Traceback")
    assert error.message.endswith("ValueError: bad")
    error = jobs.run("import sys; print('.' * 300_000); sys.exit('the end')").outcome.error
    assert error
    assert len(error.details) < 30_000
    assert error.details.endswith("the end")
