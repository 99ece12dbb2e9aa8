"""The page of a run that goes on: it follows by itself, and acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.acceptance.portal.looking import picture
from tests.acceptance.portal.told import LEARN, Told, submitted

from azureml.core import Experiment, Workspace
from lazulite.model.assets import AssetKind
from lazulite.model.errors import NotFound
from lazulite.model.run import RunStatus

pytestmark = pytest.mark.slow


class Waiting:
    """A run whose step waits: `say` makes it print a line, `go` lets it end."""

    def __init__(self, told: Told, folder: Path, home: Path) -> None:
        self._folder = folder
        self._said = 0
        (self.id,) = submitted(home, "wait", str(folder))
        self.path = told.at(self.id)

    def say(self) -> None:
        (self._folder / f"say-{self._said}").touch()
        self._said += 1

    def go(self) -> None:
        (self._folder / "go").touch()


@pytest.fixture
def waiting(told: Told, story_home: Path, tmp_path: Path) -> Iterator[Waiting]:
    made = Waiting(told, tmp_path, story_home)
    yield made
    made.go()


def test_an_open_page_turns_with_its_run_and_follows_the_log(told, waiting, open_page):
    page = open_page(waiting.path)
    expect(page.locator("#run-facts .status")).to_have_text("Running")
    expect(page.locator(".box")).to_have_class(re.compile("live"))
    page.locator(".box").click()
    expect(page.locator("#panel-title")).to_have_text("wait")
    page.locator(".tabs a", has_text="Logs").click()
    lines = page.locator("#log-lines li")
    expect(lines.last).to_contain_text("waiting")
    for number in range(2):
        waiting.say()
        expect(lines.last).to_contain_text(f"heard {number}")
    picture(page, "run-live")
    waiting.go()
    expect(page.locator("#run-facts .status")).to_have_text("Completed")
    expect(page.locator(".box")).to_have_class(re.compile("good"))
    expect(lines.last).to_contain_text("went on")
    expect(page.locator("#panel-state .status")).to_have_text("Completed")
    assert page.locator("#connection").inner_text() == "Live"


def test_cancel_from_the_page(told, waiting, open_page):
    page = open_page(waiting.path)
    page.locator("#run-actions button", has_text="Cancel").click()
    expect(page.locator("dialog button.danger")).to_have_text("Cancel the run")
    page.locator("dialog button.danger").click()
    expect(page.locator(".flash")).to_contain_text("Asked for the cancellation of the run")
    expect(page.locator("#run-facts .status")).to_have_text("Canceled")
    assert told.service.get_run(told.lab, waiting.id).status is RunStatus.CANCELED


def test_run_again_with_another_parameter_and_resume(told, open_page):
    page = open_page(told.at(told.failed))
    page.locator("#run-actions a", has_text="Run again").click()
    field = page.get_by_label("rate")
    assert field.input_value() == "0.4"
    field.fill("0.05")
    page.get_by_label("Name (optional)").fill("gentler")
    page.locator("form.rerun button.first").click()
    expect(page.locator("h1")).to_have_text("gentler")
    expect(page.locator("#run-facts .status")).to_have_text("Completed", timeout=60_000)
    new = page.url.rpartition("/")[2]
    assert told.service.get_submission(told.lab, new).parameters["rate"] == 0.05
    assert told.step(new, "prepare").reused_run_id
    # Resuming takes over what completed; what failed fails again, for the rate is the same.
    page.goto(page.url.split("/workspaces")[0] + told.at(told.failed))
    page.get_by_text("Resume from failed").click()
    expect(page.locator("#run-facts .status")).to_have_text("Failed", timeout=60_000)
    resumed = page.url.rpartition("/")[2]
    assert resumed not in (new, told.failed)
    expect(page.locator("#run-facts-rest")).to_contain_text(f"resumes {told.failed[:8]}")
    assert told.step(resumed, LEARN).status is RunStatus.FAILED


def test_a_value_that_cannot_be_is_said_so(told, open_page):
    page = open_page(told.at(told.failed, "/rerun"))
    page.locator("form.rerun").evaluate("form => { form.noValidate = true; }")
    page.get_by_label("rate").fill("fast")
    page.locator("form.rerun button.first").click()
    expect(page.locator(".flash.bad")).to_contain_text("rate")


def test_tags_and_names(told, open_page, no_alerts):
    page = open_page(told.at(told.second))
    page.locator("#describe summary").click()
    page.get_by_label("Name", exact=True).fill("<b>second</b>")
    page.get_by_text("Save").click()
    expect(page.locator("h1")).to_have_text("<b>second</b>")
    page.locator("#describe summary").click()
    page.get_by_label("Tag", exact=True).fill("kind")
    page.get_by_label("Value", exact=True).fill("<b>good</b>")
    page.get_by_text("Add the tag").click()
    expect(page.locator(".tag-list")).to_contain_text("<b>good</b>")
    page.locator(".tag-list button").click()
    expect(page.locator(".tag-list")).to_have_count(0)


def test_delete_says_what_is_freed_first(told, waiting, open_page):
    waiting.go()
    page = open_page(waiting.path)
    expect(page.locator("#run-facts .status")).to_have_text("Completed")
    page.locator("#run-actions summary").click()
    page.get_by_role("link", name="Delete").click()
    expect(page.locator(".tiles")).to_contain_text("freed")
    page.locator("button.danger").click()
    expect(page.locator(".flash")).to_contain_text("1 run deleted")
    with pytest.raises(NotFound):
        told.service.get_run(told.lab, waiting.id)


def test_publish_from_the_page(told, open_page):
    page = open_page(told.at(told.first))
    page.locator("#run-actions summary").click()
    page.get_by_role("link", name="Publish this pipeline").click()
    page.get_by_label("Name").fill("learns")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("h1")).to_contain_text("learns")
    (found,) = told.service.list_assets(told.lab, AssetKind.PUBLISHED_PIPELINE)[-1:]
    assert "/pipelines/" in page.url
    assert found.kind is AssetKind.PUBLISHED_PIPELINE


def test_a_lost_connection_is_told_and_the_page_goes_on_after_it(told, waiting, looker):
    page = looker.open(waiting.path)
    expect(page.locator("#run-facts .status")).to_have_text("Running")
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_contain_text("Not connected since", timeout=20_000)
    waiting.go()
    page.context.set_offline(False)
    expect(page.locator("#run-facts .status")).to_have_text("Completed", timeout=20_000)
    expect(page.locator("#connection")).to_have_text("Live")
    looker.complaints.clear()  # the browser complained of the lost connection, as it should


def test_a_run_of_the_users_own_process_with_children(told, open_page, service):
    workspace = Workspace._from_record(service, service.get_workspace(told.lab))
    parent = Experiment(workspace, "own").start_logging()
    child = parent.child_run("<b>first</b> fold")
    child.log("loss", 0.5)
    child.complete()
    page = open_page(told.at(parent.id))
    page.get_by_role("link", name="<b>first</b> fold").click()
    expect(page.locator("#run-facts-rest")).to_contain_text("child of")
    page.locator(".tabs a", has_text="Metrics").click()
    expect(page.locator(".metric-values dd")).to_have_text("0.5")
    parent.complete()
