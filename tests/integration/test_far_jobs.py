"""Jobs whose data are in a container: every mode of inputs and outputs, and what is said when it does not answer."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.azurite import Azurite, free_port
from tests.stores import opened
from tests.unit.worker.conftest import Jobs, Ran
from tests.unit.worker.test_worker_data import NAMED, READ, WRITE

from lazulite.api.home_secrets import sealing_key
from lazulite.model.assets import Datastore
from lazulite.model.errors import PathEscapes
from lazulite.model.files import FileInfo
from lazulite.model.job import JobInput, JobOutput, OutcomeStatus
from lazulite.model.plan import OutputArgument
from lazulite.model.sealed import seal
from lazulite.storage.store import Store
from lazulite.storage.versions import content_version
from lazulite.worker.far_inputs import _Placing


@dataclass
class FarJobs:
    """Runs jobs that know the container as `far`."""

    jobs: Jobs
    record: Datastore
    store: Store

    def run(self, script: str, record: Datastore | None = None, **changes: Any) -> Ran:
        known = record or self.record
        sealed = replace(known, secret=seal(sealing_key(str(self.jobs.home)), known.secret))
        near = Datastore("data", folder=str(self.jobs.data))
        cache = str(self.jobs.home / "cache" / "data")
        return self.jobs.run(script, datastores={"data": near, "far": sealed}, cache=cache, **changes)

    def read(self, item: JobInput, script: str = READ) -> tuple[Ran, str, str]:
        ran = self.run(script, inputs=(item,), arguments=NAMED)
        path, found = ran.printed.splitlines()
        return ran, path, found


@pytest.fixture
def far(azurite: Azurite, tmp_path: Path) -> FarJobs:
    record = azurite.datastore("far")
    store = opened(record)
    for name, text in (("raw/x", "X"), ("raw/in/y", "Y"), ("raw2", "no")):
        store.put(name, io.BytesIO(text.encode()))
    home = tmp_path / "home"
    home.mkdir()
    return FarJobs(Jobs(home), record, store)


def written(far: FarJobs, script: str = WRITE, **changes: Any) -> Ran:
    output = replace(JobOutput("out", "far", "runs/one/out"), **changes)
    return far.run(script, outputs=(output,), arguments=(OutputArgument("out"),))


@pytest.mark.parametrize("path", ["raw", "raw/", "./raw"])
def test_a_mounted_folder_is_shown_whole_and_cannot_be_written(far: FarJobs, path: str) -> None:
    alter = READ + "\nassert not (place / 'x').stat().st_mode & 0o222\n"
    ran, place, found = far.read(JobInput("data", "far", path), alter)
    assert place == str(ran.folder / "inputs/data")
    assert found == "['in/y=Y', 'x=X']"


def test_a_mounted_file_has_its_name(far: FarJobs) -> None:
    _, place, found = far.read(JobInput("data", "far", "raw/x"))
    assert (Path(place).name, found) == ("x", "X")


def test_an_input_at_a_place_of_ones_own(far: FarJobs) -> None:
    ran, place, found = far.read(JobInput("data", "far", "raw/x", path_on_compute="there/x.txt"))
    assert (place, found) == (str(ran.folder / "work/there/x.txt"), "X")
    _, _, found = far.read(JobInput("data", "far", "raw", path_on_compute="there"))
    assert found == "['in/y=Y', 'x=X']"


def test_a_downloaded_folder_is_a_copy_that_may_be_changed(far: FarJobs) -> None:
    change = READ + "\n(place / 'x').write_text('changed')\n"
    item = JobInput("data", "far", "raw", mode="download")
    for _ in range(2):  # the second comes from what is held, which nobody changed
        ran, _, found = far.read(item, change)
        assert ran.outcome.status is OutcomeStatus.COMPLETED
        assert found == "['in/y=Y', 'x=X']"
    assert "0 fetched" in ran.log("azureml-logs/65_job_prep.txt")


def test_an_input_that_is_not_there_is_a_path_and_a_note(far: FarJobs) -> None:
    ran, place, found = far.read(JobInput("data", "far", "missing/x"))
    assert (Path(place).name, found) == ("x", "nothing")
    assert "'missing/x' does not exist" in ran.log("azureml-logs/65_job_prep.txt")


def test_what_a_script_leaves_for_an_input_of_mode_upload_is_sent(far: FarJobs) -> None:
    item = JobInput("data", "far", "given", mode="upload", overwrite=True)
    ran = far.run(
        WRITE.replace('(place / "a")', 'place.mkdir(); (place / "a")'), inputs=(item,), arguments=NAMED
    )
    assert ran.outcome.status is OutcomeStatus.COMPLETED, ran.message
    assert [info.path for info in far.store.list_files("given/")] == ["given/a", "given/deep/b"]


@pytest.mark.parametrize("mode", ["mount", "upload"])
def test_an_output_is_sent_and_recorded_by_its_bytes(far: FarJobs, tmp_path: Path, mode: str) -> None:
    ran = written(far, mode=mode)
    [record] = ran.outcome.outputs
    far.store.download("runs/one/out/", tmp_path / "got", strip_prefix=True)
    assert record.content == content_version(tmp_path / "got").content
    assert record.stat == far.store.stat_version("runs/one/out")
    assert (record.files, record.bytes, record.is_directory) == (2, 2, True)
    again = written(far, mode=mode, overwrite=True).outcome.outputs[0]
    assert (again.content, again.stat == record.stat) == (record.content, False)


def test_an_output_that_is_a_file(far: FarJobs) -> None:
    ran = written(far, "import sys; open(sys.argv[1], 'w').write('all')", is_directory=False)
    [record] = ran.outcome.outputs
    assert (record.files, record.bytes, record.is_directory) == (1, 3, False)
    assert far.store.open_file("runs/one/out").read() == b"all"


def test_an_output_beside_the_files_of_others_is_recorded_with_them(far: FarJobs) -> None:
    far.store.put("runs/one/out/theirs", io.BytesIO(b"theirs"))
    [record] = written(far).outcome.outputs
    assert record.files == 3
    assert record.content == far.store.version("runs/one/out").content


def test_an_output_whose_files_were_there_and_kept_is_recorded_as_what_is_there(far: FarJobs) -> None:
    """Or a step that reads it would be reused for data that it never read."""
    for name in ("a", "deep/b"):
        far.store.put(f"runs/one/out/{name}", io.BytesIO(b"theirs"))
    ran = written(far, mode="upload", overwrite=False)
    [record] = ran.outcome.outputs
    assert record.content == far.store.version("runs/one/out").content
    assert record.bytes == 12
    assert "2 files there already" in ran.log("azureml-logs/75_job_post.txt")


def test_a_second_try_removes_what_the_first_one_sent(far: FarJobs) -> None:
    far.store.put("runs/me/out/old", io.BytesIO(b"old"))
    output = JobOutput("out", "far", "runs/me/out")
    ran = far.run(WRITE, outputs=(output,), arguments=(OutputArgument("out"),), run_id="me", attempt=2)
    assert ran.outcome.outputs[0].files == 2
    assert [info.path for info in far.store.list_files("runs/me/")] == ["runs/me/out/a", "runs/me/out/deep/b"]


def test_an_output_that_was_not_written_fails_the_job_by_name(far: FarJobs) -> None:
    ran = written(far, "pass")
    assert "left empty its output 'out'" in ran.message
    assert far.store.list_files("runs/") == ()


def test_what_cannot_be_sent_is_said_with_where_it_is(far: FarJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAZULITE_RETRY_SECONDS", "0.1")
    gone = replace(far.record, endpoint=f"127.0.0.1:{free_port()}", options={"retry_seconds": "0.1"})
    output = JobOutput("out", "far", "runs/one/out")
    ran = far.run(WRITE, gone, outputs=(output,), arguments=(OutputArgument("out"),))
    assert ran.outcome.status is OutcomeStatus.FAILED
    assert "cannot be reached" in ran.message
    place = ran.folder / "outputs" / "out"
    assert f"What the script wrote is in {place}" in ran.message
    assert (place / "deep" / "b").read_text() == "B"


def test_a_wrong_key_fails_at_once_and_is_not_shown(far: FarJobs) -> None:
    wrong = replace(far.record, secret='{"account_key": "d3Jvbmc="}')
    ran = far.run(READ, wrong, inputs=(JobInput("data", "far", "raw"),), arguments=NAMED)
    assert "account key is wrong" in ran.message
    assert "d3Jvbmc" not in ran.log("logs/azureml/executionlogs.txt") + ran.message


@pytest.mark.parametrize("name", ["raw/../../x", "raw/..", "raw//../x"])
def test_no_name_of_a_server_leads_out_of_the_jobs_folder(tmp_path: Path, name: str) -> None:
    held = tmp_path / "held"
    held.write_text("x")
    placing = _Placing(tmp_path / "job" / "inputs", "raw", own=False, overwrite=True)
    with pytest.raises(PathEscapes):
        placing(FileInfo(name, 1, 0), str(held))
    assert [one.name for one in tmp_path.iterdir()] == ["held"]
