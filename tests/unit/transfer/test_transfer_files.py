"""Transfers between datastores that are folders."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.transfer.conftest import Transfers

from lazulite.model.job import OutcomeStatus
from lazulite.testing.compute_contract import eventually
from lazulite.worker.folder import JobFolder


@pytest.fixture
def ends(transfers: Transfers) -> tuple[Path, Path]:
    here, there = transfers.folder("here"), transfers.folder("there")
    (here / "raw" / "deep").mkdir(parents=True)
    (here / "raw" / "a.csv").write_text("a")
    (here / "raw" / "deep" / "b.csv").write_text("bb")
    (here / "rawest").write_text("no")
    return here, there


def test_a_directory_with_its_tree(transfers, ends, tree):
    (ends[1] / "copy").mkdir()
    (ends[1] / "copy" / "a.csv").write_text("an older one, longer")
    (ends[1] / "copy" / "own").write_text("stays")
    ran = transfers.run(("here", "raw"), ("there", "copy"))
    assert tree(ends[1]) == {"copy/a.csv": "a", "copy/deep/b.csv": "bb", "copy/own": "stays"}
    assert {name: ran.metrics[name] for name in ("files", "bytes")} == {"files": 2, "bytes": 3}
    assert ran.metrics["seconds"] > 0
    assert "Copied 2 files, 3 B in " in ran.printed
    (output,) = transfers.run_as_job(("here", "raw"), ("there", "copy")).outputs
    assert (output.datastore, output.path, output.files, output.is_directory) == ("there", "copy", 3, True)


def test_a_file_to_a_new_name_and_into_a_directory(transfers, ends, tree):
    transfers.run(("here", "raw/a.csv"), ("there", "x/b.csv"))
    transfers.run(("here", "raw/a.csv"), ("there", ""), to={"type": "directory"})
    assert tree(ends[1]) == {"x/b.csv": "a", "a.csv": "a"}


def test_a_whole_datastore(transfers, ends, tree):
    transfers.run(("here", ""), ("there", "all"))
    assert tree(ends[1] / "all") == tree(ends[0])


def test_a_missing_source_is_named(transfers, ends):
    ran = transfers.run(("here", "rwa"), ("there", "copy"))
    assert ran.code == "NotFound"
    assert "'rwa' on datastore 'here'" in ran.message


@pytest.mark.parametrize(
    ("destination", "message"), [("raw", "the same place"), ("raw/deep/er", "is inside the source")]
)
def test_a_copy_onto_or_into_itself_is_refused(transfers, ends, tree, destination, message):
    before = tree(ends[0])
    ran = transfers.run(("here", "raw"), ("here", destination))
    assert ran.code == "InvalidRequest"
    assert message in ran.message
    assert tree(ends[0]) == before


def test_links_that_lead_out_are_named_and_the_rest_is_copied(transfers, ends, tree, tmp_path):
    (ends[0] / "raw" / "out").symlink_to(tmp_path)
    ran = transfers.run(("here", "raw"), ("there", "copy"))
    assert ran.code == "TransferFailed"
    assert "1 of 3 files" in ran.message
    assert "raw/out: a symbolic link" in ran.message
    assert tree(ends[1]) == {"copy/a.csv": "a", "copy/deep/b.csv": "bb"}


def test_a_destination_that_leaves_its_datastore_is_refused(transfers, ends, tmp_path):
    (ends[1] / "link").symlink_to(tmp_path)
    ran = transfers.run(("here", "raw"), ("there", "link/x"))
    assert ran.code == "PathEscapes"
    assert not (tmp_path / "x").exists()


def test_a_cancelled_transfer_leaves_nothing_half(transfers, ends, tmp_path):
    # A file that the kernel copies for longer than the test takes to end it.
    with (ends[0] / "raw" / "big").open("wb") as file:
        file.truncate(8 << 30)
    job = transfers.job(("here", "raw"), ("there", "copy"))
    process = subprocess.Popen([sys.executable, "-m", "lazulite.worker", job.folder])
    eventually(lambda: list(ends[1].rglob(".lazulite-*")))
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    outcome = JobFolder(Path(job.folder)).result()
    assert outcome is not None
    assert outcome.status is OutcomeStatus.CANCELED
    assert not list(ends[1].rglob(".lazulite-*"))
    assert not (ends[1] / "copy" / "big").exists()
