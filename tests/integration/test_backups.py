"""Backups: made while everything runs, restored elsewhere, refused if one byte is wrong."""

from __future__ import annotations

import io
import json
import os
import stat
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.acceptance.cli_calls import program

from lazulite.api.home_secrets import home_token
from lazulite.model.assets import Asset, AssetKind, Secret, Workspace
from lazulite.model.codec import to_data
from lazulite.model.errors import Conflict, Corrupt, NotFound
from lazulite.model.run import Run, RunKind, RunQuery
from lazulite.service.local import LocalService
from lazulite.testing.sample_runs import store_snapshot, submission, wait

pytestmark = pytest.mark.slow


@pytest.fixture
def service(home: Path) -> LocalService:
    return LocalService(str(home))


@pytest.fixture
def workspace(service: LocalService) -> str:
    return service.create_workspace(Workspace("", "saved", "sub", "group")).id


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[LocalService]:
    found = LocalService(str(tmp_path / "elsewhere"))
    yield found
    found.stop_server()
    found.stop_engine()


def completed(service: LocalService, workspace: str, word: str = "done") -> Run:
    return wait(
        service, workspace, service.submit(workspace, submission(store_snapshot(service, workspace), word)).id
    )


def step_of(service: LocalService, workspace: str, run: Run) -> Run:
    (step,) = service.list_runs(workspace, RunQuery(parent_id=run.id, kind=RunKind.STEP))
    return step


def test_a_backup_is_restored_elsewhere(
    service: LocalService,
    workspace: str,
    elsewhere: LocalService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = completed(service, workspace)
    made = service.backup(str(tmp_path / "all.tar.gz"))
    assert made.files >= 2
    assert not made.skipped
    assert stat.S_IMODE((tmp_path / "all.tar.gz").stat().st_mode) == 0o600
    restored = elsewhere.restore(made.file)
    assert (restored.files, restored.bytes) == (made.files, restored.bytes)
    assert elsewhere.get_run(workspace, run.id) == run
    assert elsewhere.get_events(workspace, run.id) == service.get_events(workspace, run.id)
    again = completed(elsewhere, workspace)
    step = step_of(elsewhere, workspace, again)
    decision = elsewhere.get_decision(workspace, step.id)
    assert decision
    assert (decision.verdict, step.reused_run_id) == ("reused", step_of(service, workspace, run).id)
    assert again.number == run.number + 1
    monkeypatch.setenv("LAZULITE_SERVER", "on")
    url = f"{elsewhere.address()}/api/v1/workspaces/{workspace}/runs/{run.id}"
    there = home_token(str(tmp_path / "elsewhere"))
    assert there != home_token(str(tmp_path / "home"))
    assert requests.get(url, headers={"Authorization": f"Bearer {there}"}, timeout=60).json()["id"] == run.id


@pytest.mark.slow
def test_it_is_consistent_under_load(
    service: LocalService, workspace: str, elsewhere: LocalService, tmp_path: Path
) -> None:
    """Runs are submitted and run while it is made; what it holds is whole, and goes on."""
    completed(service, workspace)
    snapshot = store_snapshot(service, workspace)
    stopped = threading.Event()

    def submit() -> None:
        number = 0
        while not stopped.is_set():
            number += 1
            service.submit(workspace, submission(snapshot, f"word {number}"))

    thread = threading.Thread(target=submit)
    thread.start()
    try:
        made = service.backup(str(tmp_path / "all.tar"))
    finally:
        stopped.set()
        thread.join()
    elsewhere.restore(made.file)
    runs = elsewhere.list_runs(workspace, RunQuery(top_level=True, limit=None))
    assert runs
    for run in runs:  # those that were active go on as after a power failure
        ended = wait(elsewhere, workspace, run.id)
        assert ended.status.value == "Completed", ended
        (output,) = elsewhere.get_outputs(workspace, step_of(elsewhere, workspace, run).id)
        folder = (
            tmp_path / "elsewhere" / "workspaces" / workspace / "datastores" / output.datastore / output.path
        )
        assert (folder / "text").is_file()


@pytest.mark.slow
def test_records_move_between_sqlite_and_postgres(
    service: LocalService,
    workspace: str,
    postgres_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = completed(service, workspace)
    first = service.backup(str(tmp_path / "first.tar"))
    monkeypatch.setenv("LAZULITE_DATABASE_URL", postgres_url)
    large = LocalService(str(tmp_path / "large"))
    large.restore(first.file)
    assert not (tmp_path / "large" / "lazulite.db").exists()
    assert large.get_run(workspace, run.id) == run
    added = completed(large, workspace, "more")  # numbers go on after those that were restored
    second = large.backup(str(tmp_path / "second.tar"))
    large.stop_engine()
    monkeypatch.delenv("LAZULITE_DATABASE_URL")
    small = LocalService(str(tmp_path / "small"))
    small.restore(second.file)
    assert small.get_run(workspace, added.id) == added
    assert small.get_events(workspace, added.id) == large.get_events(workspace, added.id)
    small.stop_engine()


def test_secrets_of_the_home_are_not_in_it(
    service: LocalService, workspace: str, home: Path, tmp_path: Path
) -> None:
    secret = home_token(str(home))
    (home / "server.yaml").write_text("database_url: postgresql://who:secret@host/name\n")
    made = service.backup(str(tmp_path / "all.tar"))
    held = Path(made.file).read_bytes()
    assert secret.encode() not in held
    assert b"who:secret" not in held


@pytest.mark.parametrize("with_key", [False, True])
def test_credentials_are_in_it_sealed_and_their_key_if_asked_for(
    service: LocalService, workspace: str, elsewhere: LocalService, home: Path, tmp_path: Path, with_key: bool
) -> None:
    record = Secret("db-password", secret=json.dumps({"value": "a-canary"}))
    service.put_asset(workspace, Asset(AssetKind.SECRET, record.name, to_data(record)))
    made = service.backup(str(tmp_path / "b.tar"), with_sealing_key=with_key)
    assert b"a-canary" not in (tmp_path / "b.tar").read_bytes()
    restored = elsewhere.restore(str(tmp_path / "b.tar"))
    assert made.locked == restored.locked == (() if with_key else ("secret 'db-password'",))
    root = Path(elsewhere.engine_status().location)
    if not with_key:
        with pytest.raises(Corrupt, match="another one"):
            elsewhere.read_secret(workspace, "db-password")
        (root / "sealing-key").write_bytes((home / "sealing-key").read_bytes())  # it may come later
    assert stat.S_IMODE((root / "sealing-key").stat().st_mode) == 0o600
    assert elsewhere.read_secret(workspace, "db-password") == "a-canary"


def test_nothing_is_overwritten(service: LocalService, workspace: str, tmp_path: Path) -> None:
    made = service.backup(str(tmp_path / "all.tar"))
    with pytest.raises(Conflict, match="exists already"):
        service.backup(made.file)
    with pytest.raises(Conflict, match="is in use"):
        service.restore(made.file)
    with pytest.raises(NotFound, match="does not exist"):
        LocalService(str(tmp_path / "new")).restore(str(tmp_path / "none.tar"))
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".log") == [
        "all.tar",
        "home",
        "new",
    ]


@pytest.fixture
def sound(service: LocalService, workspace: str, home: Path, tmp_path: Path) -> bytes:
    data = home / "workspaces" / workspace / "datastores" / "workspaceblobstore" / "data.bin"
    data.write_bytes(os.urandom(100_000))
    return Path(service.backup(str(tmp_path / "sound.tar")).file).read_bytes()


def check_refused(elsewhere: LocalService, tmp_path: Path, data: bytes, words: str) -> None:
    file = tmp_path / "bad.tar"
    file.write_bytes(data)
    with pytest.raises(Corrupt, match=words):
        elsewhere.restore(str(file))
    left = {path.name for path in (tmp_path / "elsewhere").iterdir()}
    assert left == {".gitignore", ".amlignore"}
    assert not (tmp_path / "escaped").exists()


def test_a_damaged_one_is_refused(sound: bytes, elsewhere: LocalService, tmp_path: Path) -> None:
    middle = sound.index(b"data.bin") + 5000
    check_refused(
        elsewhere,
        tmp_path,
        sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :],
        "not what they were",
    )


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_half_a_one_is_refused(sound: bytes, elsewhere: LocalService, tmp_path: Path, part: float) -> None:
    check_refused(elsewhere, tmp_path, sound[: int(len(sound) * part)], "damaged|not complete|no backup")


def test_what_is_none_is_refused(elsewhere: LocalService, tmp_path: Path) -> None:
    check_refused(elsewhere, tmp_path, b"hello" * 1000, "damaged or not complete")
    check_refused(elsewhere, tmp_path, b"", "damaged or not complete")


@pytest.mark.parametrize(
    ("name", "kind", "link"),
    [
        ("../escaped", tarfile.REGTYPE, ""),
        ("/tmp/escaped", tarfile.REGTYPE, ""),
        ("workspaces/../../escaped", tarfile.REGTYPE, ""),
        ("workspaces/link", tarfile.SYMTYPE, "/etc"),
        ("workspaces/link", tarfile.LNKTYPE, "backup.json"),
        ("workspaces/device", tarfile.CHRTYPE, ""),
        ("workspaces/pipe", tarfile.FIFOTYPE, ""),
        ("token", tarfile.REGTYPE, ""),
        ("server.yaml", tarfile.REGTYPE, ""),
        ("workspaces", tarfile.REGTYPE, ""),
    ],
)
def test_what_leads_elsewhere_is_refused(
    sound: bytes, elsewhere: LocalService, tmp_path: Path, name: str, kind: bytes, link: str
) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(sound)) as old, tarfile.open(fileobj=out, mode="w") as new:
        for number, member in enumerate(old):
            if number == 1:
                info = tarfile.TarInfo(name)
                info.type, info.linkname = kind, link
                new.addfile(info, io.BytesIO(b""))
            new.addfile(member, old.extractfile(member) if member.isreg() else None)
    check_refused(elsewhere, tmp_path, out.getvalue(), "none of ours|not what they were|cannot")


def test_the_command_line_makes_and_restores_them(
    service: LocalService, workspace: str, home: Path, tmp_path: Path
) -> None:
    here = {**os.environ, "LAZULITE_HOME": str(home)}
    told = program(("backup", "all.tar.gz", "--json"), tmp_path, here)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["file"] == str(tmp_path / "all.tar.gz")
    assert "exists already" in program(("backup", "all.tar.gz"), tmp_path, here).stderr
    told = program(("restore", "all.tar.gz", "--home", "restored"), tmp_path, here)
    assert told.stdout.startswith("Restored 0 files")
    there = {**here, "LAZULITE_HOME": str(tmp_path / "restored")}
    listed = program(("workspaces", "list", "--json"), tmp_path, there)
    assert [one["id"] for one in json.loads(listed.stdout)] == [workspace]
