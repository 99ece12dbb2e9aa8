"""What a page is asked for with numbers that nothing counts to, and by too many at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import anyio
import pytest
from tests.serving import Served, serving

from lazulite.model.assets import Asset, AssetKind, Workspace
from lazulite.model.codec import to_data
from lazulite.model.errors import NotFound
from lazulite.model.publishing import Publication
from lazulite.model.run import Metric, Run, RunKind, RunStatus
from lazulite.model.schedule import Recurrence, Schedule, ScheduleStatus
from lazulite.server.auth.guard import AccessGuard
from lazulite.server.news import News
from lazulite.server.portal import flash
from lazulite.server.settings import Settings
from lazulite.server.working import Workers
from lazulite.service.local import LocalService
from lazulite.testing.sample_runs import store_snapshot, submission, wait

pytestmark = pytest.mark.slow

ENDLESS = "1" * 5000


class Place:
    def __init__(self, service: LocalService, server: Served) -> None:
        self.service, self.server = service, server
        self.workspace = service.create_workspace(Workspace("", "pages", "sub", "group")).id
        plan = submission(store_snapshot(service, self.workspace)).plan
        pipeline = service.publish(self.workspace, Publication(plan, "published"))
        self.schedule = Schedule(
            "daily",
            "daily",
            "exp",
            pipeline_id=pipeline.id,
            recurrence=Recurrence("Day", 1),
            status=ScheduleStatus.DISABLED,
        )
        service.put_asset(self.workspace, Asset(AssetKind.SCHEDULE, "daily", to_data(self.schedule)))
        self.run = service.create_run(
            self.workspace,
            Run(
                "", self.workspace, "exp", RunKind.INTERACTIVE, RunStatus.RUNNING, datetime.now(timezone.utc)
            ),
        )


@pytest.fixture
def place(home: Path) -> Iterator[Place]:
    service = LocalService(str(home))
    with serving(service, settings=Settings(max_streams=2)) as server:
        yield Place(service, server)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/schedules/daily?before={ENDLESS}", 400),
        (f"/schedules/daily?before={ENDLESS[:30]}", 400),
        (f"/models/none/{ENDLESS}", 400),
        (f"/models/none/{ENDLESS[:30]}", 400),
    ],
)
def test_a_number_that_nothing_counts_to_is_refused(place: Place, path: str, status: int) -> None:
    answer = place.server.get(f"/workspaces/{place.workspace}{path}")
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("top", ["0", "1001", "00001999999999", "00001" + "9" * 30, ENDLESS])
def test_v1s_top_has_the_same_bound_however_it_is_written(place: Place, top: str) -> None:
    scope = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.MachineLearningServices"
    url = f"/pipelines/v1.0{scope}/workspaces/pages/PipelineRuns?top={top}"
    assert place.server.get(url).status_code == 400


def test_the_streams_of_pages_are_counted_with_the_others(place: Place) -> None:
    url = f"/workspaces/{place.workspace}/runs/{place.run.id}/log/stream?file=logs/none.txt"
    assert place.server.get(url, headers={"Last-Event-ID": ENDLESS}).status_code == 400
    first = place.server.get(url, stream=True)
    second = place.server.get(url, stream=True)
    assert (first.status_code, second.status_code) == (200, 200)
    assert place.server.get(url, stream=True).status_code == 503
    first.close()
    second.close()


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 1.7976931348623157e308, -1.7976931348623157e308, 5e-324, 10**400]
)
def test_pages_show_whatever_numbers_a_run_logged(place: Place, value: float) -> None:
    at = datetime.now(timezone.utc)
    logged = [Metric("loss", "scalar", value, at), Metric("accuracy", "scalar", 0.5, at)]
    place.service.add_metrics(place.workspace, place.run.id, logged)
    pages = ("experiments/exp", f"runs/{place.run.id}?tab=metrics", "runs", f"compare?run={place.run.id}")
    for page in pages:
        path = f"/workspaces/{place.workspace}/{page}"
        answer = place.server.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, (page, answer.text[-500:])
        assert "nan," not in answer.text
        assert ",nan" not in answer.text


def test_commands_to_copy_name_the_address_that_users_reach(home: Path) -> None:
    service = LocalService(str(home))
    settings = Settings(public_url="https://lazulite.example.org")
    with serving(service, settings=settings) as server:
        workspace = service.create_workspace(Workspace("", "pages", "sub", "group")).id
        run = service.submit(workspace, submission(store_snapshot(service, workspace)))
        page = server.get(f"/workspaces/{workspace}/runs/{run.id}/rerun", headers={"Accept": "text/html"})
        assert "https://lazulite.example.org/api/v1/workspaces" in page.text
        assert server.url not in page.text
        wait(service, workspace, run.id)


def test_a_long_message_fits_into_its_cookie() -> None:
    response = flash.redirect("/", "Çalıştırma bulunamadı. " * 200)
    assert len(response.headers["set-cookie"]) < 4000


def test_who_waits_for_what_is_not_there_leaves_nothing_behind(home: Path) -> None:
    settings = Settings()
    news = News(LocalService(str(home)), Workers(settings), settings.max_streams)

    async def visit() -> None:
        with pytest.raises(NotFound):
            await news.wait("nowhere", "none", 0, 5.0)

    anyio.run(visit)
    assert not news._watches


def test_the_event_loop_asks_the_service_nothing_for_a_form(home: Path) -> None:
    service = Asked(str(home))
    service.access.add_user("ada", "correct horse battery")
    with serving(service, AccessGuard(service.access), token=service.access.home_token) as server:
        workspace = service.create_workspace(Workspace("", "pages", "sub", "group")).id
        service.threads.clear()
        headers = {"Accept": "text/html", "Origin": server.url}
        wrong = server.post("/login", data={"name": "ada", "password": "wrong"}, headers=headers)
        assert wrong.status_code == 401
        large = server.post(f"/workspaces/{workspace}/runs/delete", data="x" * 1_100_000, headers=headers)
        assert large.status_code == 413
    assert "test server" not in service.threads


class Asked(LocalService):
    """Notes which threads list its workspaces."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.threads: set[str] = set()

    def list_workspaces(self, *names: str | None) -> tuple[Workspace, ...]:
        self.threads.add(threading.current_thread().name)
        return super().list_workspaces(*names)
