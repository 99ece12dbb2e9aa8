"""Inputs and outputs: where the script finds them, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.worker.conftest import Jobs, Ran

from lazulite.model.job import JobInput, JobOutput, OutcomeStatus
from lazulite.model.plan import InputArgument, OutputArgument
from lazulite.worker.run import run_job

READ = """
import pathlib, sys
place = pathlib.Path(sys.argv[1])
print(place)
print(sorted(f"{p.relative_to(place)}={p.read_text()}" for p in place.rglob("*") if p.is_file()) if place.is_dir() else
      place.read_text() if place.is_file() else "nothing")
"""
WRITE = """
import pathlib, sys
place = pathlib.Path(sys.argv[1])
(place / "a").write_text("A")
(place / "deep").mkdir()
(place / "deep" / "b").write_text("B")
"""
NAMED = (InputArgument("data"),)


def read(jobs: Jobs, item: JobInput) -> tuple[Ran, str, str]:
    """Run READ on an input; return the path it received and what it found there."""
    ran = jobs.run(READ, inputs=(item,), arguments=NAMED)
    path, found = ran.printed.splitlines()
    return ran, path, found


@pytest.fixture
def raw(jobs: Jobs) -> None:
    """A folder and a file on the datastore, and one beside it whose name only begins the same."""
    jobs.data.mkdir()
    for name, text in (("raw/x", "X"), ("raw/in/y", "Y"), ("raw2", "no")):
        (jobs.data / name).parent.mkdir(parents=True, exist_ok=True)
        (jobs.data / name).write_text(text)


# --- inputs ---


@pytest.mark.usefixtures("raw")
@pytest.mark.parametrize("path", ["raw", "raw/", "./raw"])
def test_a_mounted_folder_is_used_in_place(jobs: Jobs, path: str) -> None:
    _, place, found = read(jobs, JobInput("data", "data", path))
    assert place == str(jobs.data / "raw")
    assert found == "['in/y=Y', 'x=X']"


@pytest.mark.usefixtures("raw")
def test_a_mounted_file_and_its_variable(jobs: Jobs) -> None:
    ran = jobs.run(
        "import os; print(open(os.environ['AZUREML_DATAREFERENCE_data']).read())",
        inputs=(JobInput("data", "data", "raw/x"),),
    )
    assert ran.printed == "X\n"


@pytest.mark.usefixtures("raw")
def test_a_mounted_input_at_a_place_of_ones_own(jobs: Jobs) -> None:
    ran, place, found = read(jobs, JobInput("data", "data", "raw/x", path_on_compute="there/x.txt"))
    assert (place, found) == (str(ran.folder / "work/there/x.txt"), "X")
    assert (jobs.data / "raw/x").read_text() == "X"  # the staged files are removed, not what they show


@pytest.mark.usefixtures("raw")
def test_a_downloaded_folder_is_a_copy_of_exactly_that_folder(jobs: Jobs) -> None:
    writes = READ + "\n(place / 'x').write_text('changed')\n"
    ran = jobs.run(writes, inputs=(JobInput("data", "data", "raw", mode="download"),), arguments=NAMED)
    assert ran.outcome.status is OutcomeStatus.COMPLETED
    assert (jobs.data / "raw/x").read_text() == "X"
    assert str(ran.folder / "inputs/data") in ran.printed
    item = JobInput("data", "data", "raw", mode="download", path_on_compute="my/data")
    ran, place, found = read(jobs, item)
    assert (place, found) == (str(ran.folder / "work/my/data"), "['in/y=Y', 'x=X']")


@pytest.mark.usefixtures("raw")
def test_a_downloaded_file_and_an_empty_folder(jobs: Jobs) -> None:
    ran, place, found = read(jobs, JobInput("data", "data", "raw/x", mode="download"))
    assert (place, found) == (str(ran.folder / "inputs/data/x"), "X")
    (jobs.data / "empty").mkdir()
    _, _, found = read(jobs, JobInput("data", "data", "empty", mode="download"))
    assert found == "[]"


@pytest.mark.usefixtures("raw")
@pytest.mark.parametrize(("overwrite", "expected"), [(True, "X"), (False, "mine")])
def test_a_download_over_a_file_of_the_snapshot(jobs: Jobs, *, overwrite: bool, expected: str) -> None:
    item = JobInput("data", "data", "raw/x", "download", path_on_compute="x.txt", overwrite=overwrite)
    ran = jobs.run(READ, inputs=(item,), arguments=NAMED, files={"x.txt": "mine"})
    assert ran.printed.splitlines()[1] == expected


@pytest.mark.parametrize("mode", ["mount", "download"])
def test_an_input_that_does_not_exist_is_a_note_and_no_error(jobs: Jobs, mode: str) -> None:
    ran, _, found = read(jobs, JobInput("data", "data", "none", mode=mode))
    assert found == "nothing"
    assert "datastore 'data', path 'none' does not exist" in ran.log("azureml-logs/65_job_prep.txt")


@pytest.mark.usefixtures("raw")
def test_what_is_left_at_an_input_of_mode_upload_is_copied_to_the_datastore(jobs: Jobs) -> None:
    item = JobInput("data", "data", "up", mode="upload", path_on_compute="result")
    ran = jobs.run("import os; os.makedirs('result'); open('result/r', 'w').write('R')", inputs=(item,))
    assert ran.outcome.status is OutcomeStatus.COMPLETED
    assert (jobs.data / "up/r").read_text() == "R"
    missing = jobs.run("pass", inputs=(item,))
    assert "left nothing at" in missing.message
    assert "'data' (mode upload)" in missing.message


@pytest.mark.parametrize("path", ["../outside", "/outside", "a/../../outside"])
@pytest.mark.parametrize("mode", ["mount", "download"])
def test_no_input_leaves_its_datastore(jobs: Jobs, path: str, mode: str) -> None:
    ran = jobs.run("raise SystemExit('it ran')", inputs=(JobInput("data", "data", path, mode=mode),))
    assert ran.outcome.error is not None
    assert ran.outcome.error.code == "PathEscapes"
    assert path in ran.message
    assert ran.printed == ""


@pytest.mark.usefixtures("raw")
def test_no_chosen_place_leaves_the_working_directory(jobs: Jobs) -> None:
    item = JobInput("data", "data", "raw", mode="download", path_on_compute="a/../../out")
    assert "'a/../../out' leaves the script's working directory" in jobs.run("pass", inputs=(item,)).message


# --- outputs ---


def write(jobs: Jobs, script: str, **changes: object) -> Ran:
    item = replace(JobOutput("out", "data", "azureml/run/out"), **changes)  # type: ignore[arg-type]
    return jobs.run(script, outputs=(item,), arguments=(OutputArgument("out"),))


@pytest.mark.parametrize("is_directory", [None, True])
@pytest.mark.parametrize("mode", ["mount", "upload"])
def test_a_folder_is_there_before_the_script_and_recorded_after_it(
    jobs: Jobs, mode: str, is_directory: bool | None
) -> None:
    ran = write(jobs, WRITE, mode=mode, is_directory=is_directory)
    assert ran.outcome.status is OutcomeStatus.COMPLETED, ran.outcome
    (record,) = ran.outcome.outputs
    assert (record.name, record.datastore, record.path) == ("out", "data", "azureml/run/out")
    assert (record.files, record.bytes, record.is_directory) == (2, 2, True)
    assert (jobs.data / "azureml/run/out/deep/b").read_text() == "B"


@pytest.mark.parametrize("mode", ["mount", "upload"])
def test_a_file_is_declared_and_only_its_folder_is_there(jobs: Jobs, mode: str) -> None:
    script = "import sys, os; assert not os.path.exists(sys.argv[1]); open(sys.argv[1], 'w').write('F')"
    ran = write(jobs, script, mode=mode, is_directory=False)
    assert ran.outcome.status is OutcomeStatus.COMPLETED, ran.outcome
    assert (ran.outcome.outputs[0].files, ran.outcome.outputs[0].is_directory) == (1, False)
    assert (jobs.data / "azureml/run/out").read_text() == "F"


def test_a_script_may_put_a_file_where_the_folder_was_unless_it_says_folder(jobs: Jobs) -> None:
    script = "import sys, os; os.rmdir(sys.argv[1]); open(sys.argv[1], 'w').write('F')"
    assert write(jobs, script).outcome.status is OutcomeStatus.COMPLETED


@pytest.mark.parametrize(
    ("is_directory", "what"), [(None, "left empty"), (True, "left empty"), (False, "did not write")]
)
def test_an_output_that_is_not_written_fails_the_step_by_name(
    jobs: Jobs, is_directory: bool | None, what: str
) -> None:
    ran = write(jobs, "pass", is_directory=is_directory)
    assert ran.outcome.status is OutcomeStatus.FAILED
    assert ran.outcome.error is not None
    assert ran.outcome.error.code == "OutputMissing"
    assert f"step ended well but {what} its output 'out' at {jobs.data}/azureml/run/out" in ran.message
    assert ran.outcome.outputs == ()


def test_nothing_is_uploaded_when_one_output_is_missing(jobs: Jobs) -> None:
    items = (JobOutput("a", "data", "a", "upload"), JobOutput("b", "data", "b", "upload"))
    ran = jobs.run(WRITE, outputs=items, arguments=(OutputArgument("a"),))
    assert "'b'" in ran.message
    assert not (jobs.data / "a").exists()


def test_writing_a_file_where_the_folder_is_gets_advice(jobs: Jobs) -> None:
    ran = write(jobs, "import sys; open(sys.argv[1], 'w')")
    assert "IsADirectoryError" in ran.message
    assert "declare it: PipelineData('out', is_directory=False)" in ran.message
    ran = write(jobs, "import os, sys; os.mkdir(sys.argv[1])")
    assert "use os.makedirs(path, exist_ok=True)" in ran.message


def test_a_second_try_does_not_find_what_the_first_one_left(jobs: Jobs) -> None:
    first = jobs.make("raise SystemExit('lost')")
    left = jobs.data / "azureml" / first.run_id / "out"
    left.mkdir(parents=True)
    (left / "half").touch()
    kept = jobs.data / "fixed"
    kept.mkdir()
    (kept / "of others").touch()
    items = (JobOutput("out", "data", f"azureml/{first.run_id}/out"), JobOutput("fixed", "data", "fixed"))
    script = "import sys; [open(f'{place}/whole', 'w') for place in sys.argv[1:]]"
    job = replace(
        jobs.make(script, outputs=items, arguments=(OutputArgument("out"), OutputArgument("fixed"))),
        attempt=2,
        run_id=first.run_id,
    )
    outcome = run_job(job)
    assert outcome.status is OutcomeStatus.COMPLETED, outcome
    assert [path.name for path in left.iterdir()] == ["whole"]
    assert {path.name for path in kept.iterdir()} == {"of others", "whole"}


def test_an_output_cannot_leave_its_datastore(jobs: Jobs) -> None:
    ran = write(jobs, "raise SystemExit('it ran')", path="../outside")
    assert ran.outcome.error is not None
    assert ran.outcome.error.code == "PathEscapes"
    assert not (jobs.home / "outside").exists()
