"""What becomes of a call whose connection breaks."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap

import pytest
from tests.serving import Served
from tests.unit.client.between import Between

from lazulite.api.service import Service
from lazulite.model.assets import Asset, AssetKind, Workspace
from lazulite.model.errors import ServiceUnavailable
from lazulite.model.run import RunKind, RunQuery
from lazulite.testing.sample_runs import store_snapshot, submission

pytestmark = pytest.mark.slow


def test_a_submission_whose_answer_was_lost_is_one_run(
    proxy: Between, service: Service, workspace: str
) -> None:
    wanted = submission(store_snapshot(service, workspace))
    proxy.plan = ["drop", "drop", "pass"]
    run = service.submit(workspace, wanted)
    assert proxy.seen[-3:] == ["POST runs drop", "POST runs drop", "POST runs pass"]
    assert [one.id for one in service.list_runs(workspace, RunQuery(kind=RunKind.PIPELINE))] == [run.id]
    assert service.submit(workspace, wanted).id != run.id


def test_a_question_is_asked_again(proxy: Between, service: Service, workspace: str) -> None:
    proxy.plan = ["refuse", "drop", "away", "pass"]
    assert service.get_workspace(workspace).name == "team"
    assert len(proxy.seen) == 5  # with the one that created it


def test_what_would_be_done_twice_is_not_sent_again(proxy: Between, service: Service, workspace: str) -> None:
    proxy.plan = ["drop"]
    with pytest.raises(ServiceUnavailable, match="may have carried it out"):
        service.put_asset(workspace, Asset(AssetKind.ENVIRONMENT, "sk", {"number": 1}))
    assert len(service.list_assets(workspace, AssetKind.ENVIRONMENT, "sk")) == 1
    proxy.plan = ["away", "pass"]  # said before anything was done
    assert service.put_asset(workspace, Asset(AssetKind.ENVIRONMENT, "sk", {"number": 2})).version == 2


def test_a_file_is_sent_again_from_its_beginning(proxy: Between, service: Service, workspace: str) -> None:
    source = io.BytesIO(b"skipped" + b"x" * 100_000)
    source.seek(7)
    proxy.plan = ["drop", "refuse", "pass"]
    info = service.put_file(workspace, "workspaceblobstore", "f", source, overwrite=True)
    assert info.size == 100_000


def test_a_stream_that_cannot_be_read_again_is_sent_once(
    proxy: Between, service: Service, workspace: str
) -> None:
    class Pipe(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            return 0

    proxy.plan = ["drop"]
    with pytest.raises(ServiceUnavailable):
        service.put_file(workspace, "workspaceblobstore", "f", Pipe(), overwrite=True)  # type: ignore[arg-type]
    assert proxy.seen[-1] == "PUT file drop"


def test_half_a_file_is_an_error(proxy: Between, service: Service, workspace: str) -> None:
    service.put_file(workspace, "workspaceblobstore", "f", io.BytesIO(b"x" * 1_000_000))
    proxy.plan = ["cut"]
    with (
        service.open_file(workspace, "workspaceblobstore", "f") as stream,
        pytest.raises(ServiceUnavailable, match="in the middle"),
    ):
        stream.read()


def test_a_forked_child_has_connections_of_its_own(server: Served) -> None:
    script = f"""
        import os
        from lazulite.client.remote import RemoteService
        service = RemoteService({server.url!r}, lambda: {{"Authorization": "Bearer {server.token}"}})
        assert service.list_workspaces() == ()
        child = os.fork()
        for _ in range(50):
            assert service.list_workspaces() == ()
        if not child:
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_connections_are_kept(service: Service, workspace: str, server: Served) -> None:
    session = service._connection._current()  # type: ignore[attr-defined]
    for _ in range(5):
        service.list_workspaces()
    pools = session.get_adapter(server.url).poolmanager.pools
    (pool,) = [pools[key] for key in pools.keys()]  # noqa: SIM118 - it is no dict
    assert pool.num_connections == 1
    assert service.create_workspace(Workspace("", "other", "s", "g")).id != workspace
