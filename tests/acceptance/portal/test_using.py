"""What people do on the list-like pages, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.acceptance.portal.publishing import wait_for_end
from tests.acceptance.portal.views import addresses

from lazulite.model.errors import NotFound
from lazulite.model.run import RunQuery, RunStatus

pytestmark = pytest.mark.slow


def names(page: Page) -> list[str]:
    """What the runs of the list are called, from above."""
    return [text.strip() for text in page.locator("#runs td.run > a").all_inner_texts()]


def told(page: Page) -> Locator:
    """The message that an action left."""
    return page.locator(".flash")


def test_filters_stand_in_the_address_and_can_be_saved(looker, lab):
    page = looker.open(f"/workspaces/{lab}/runs")
    page.get_by_label("Status", exact=True).select_option("Failed")
    page.get_by_label("Experiment", exact=True).fill("squares")
    page.get_by_text("More filters").click()
    page.get_by_label("Parameter").fill("rate=0.4")
    page.get_by_label("Metric").fill("accuracy >= 0.9")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.wait_for_url(
        re.compile(r"status=Failed&experiment=squares&parameter=rate%3D0.4&metric=accuracy\+%3E%3D\+0.9$")
    )
    assert names(page) == ["squares #5"]
    page.get_by_label("Name of this filter").fill("too fast")
    page.get_by_role("button", name="Save filter").click()
    page.get_by_role("link", name="Clear").click()
    assert len(names(page)) > 1
    page.get_by_role("link", name="too fast", exact=True).click()
    assert names(page) == ["squares #5"]
    page.get_by_role("button", name="Forget the filter too fast").click()
    expect(page.get_by_role("link", name="too fast", exact=True)).to_have_count(0)


def test_a_filter_that_cannot_be_understood_is_told(looker, lab):
    page = looker.open(f"/workspaces/{lab}/runs?metric=accuracy+%3E+high")
    assert "such as '>= 0.9'" in page.get_by_role("alert").inner_text()
    looker.expects("does not conform to the required format")  # of a field for dates
    looker.go(page, f"/workspaces/{lab}/runs?since=yesterday")
    assert "such as 2026-03-31" in page.get_by_role("alert").inner_text()


def test_columns_sort_the_list(looker, lab):
    page = looker.open(f"/workspaces/{lab}/runs?experiment=squares")
    page.get_by_role("link", name="Run", exact=True).click()
    page.wait_for_url(re.compile("order=name"))
    assert page.locator("th[aria-sort=descending]").inner_text() == "Run ▼"
    down = names(page)
    page.get_by_role("link", name="Run ▼").click()
    page.wait_for_url(re.compile("ascending=1"))
    assert sorted(names(page)) == sorted(down)
    assert names(page) != down or len(set(down)) == 1


def test_a_whole_id_leads_to_its_run(looker, service, lab):
    (run,) = service.list_runs(lab, RunQuery(experiment="squares", top_level=True, limit=1))
    page = looker.open(f"/workspaces/{lab}")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search runs")).to_be_focused()
    page.keyboard.type(run.id)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/workspaces/{lab}/runs/{run.id}"))


def test_keys_walk_and_lead(looker, lab):
    page = looker.open(f"/workspaces/{lab}/runs")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#runs tr").nth(1).locator("a").first).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("#bulk [data-count]")).to_have_text("1")
    page.keyboard.press("k")
    expect(page.locator("#runs tr").nth(0).locator("a").first).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url(re.compile("/models$"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()


def test_the_theme_follows_the_system_until_one_chooses(looker, lab):
    page = looker.open(f"/workspaces/{lab}", theme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Theme").click()
    light = page.evaluate(ground)
    assert light != dark
    page.reload()
    assert page.evaluate(ground) == light
    page.get_by_role("button", name="Theme: light").click()
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Theme: dark").click()
    page.emulate_media(color_scheme="light")
    assert page.evaluate(ground) == light


def test_ids_are_copied(looker, service, lab):
    (run,) = service.list_runs(lab, RunQuery(experiment="squares", top_level=True, limit=1))
    page = looker.open(f"/workspaces/{lab}/runs?text={run.id[:13]}")
    page.get_by_role("button", name=f"Copy the run id {run.id}").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == run.id


def test_times_are_in_the_readers_zone(looker, lab):
    page = looker.open(f"/workspaces/{lab}/models/squares")
    assert "GMT+3" in page.locator("time [data-at]").first.inner_text()
    assert "Europe/Istanbul" in page.locator("footer").inner_text()


def test_the_form_of_a_published_pipeline_starts_a_run(looker, service, lab, empty):
    page = looker.open(addresses(service, lab, empty)["pipeline"])
    page.get_by_label("rate").fill("0.15")
    page.get_by_label("Experiment").fill("by-form")
    page.get_by_label("Name of the run").fill("by hand")
    page.get_by_label("Tags").fill("from=form, quick")
    page.get_by_role("button", name="Start a run").click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}"))
    run_id = page.url.rpartition("/")[2].partition("?")[0]
    run = service.get_run(lab, run_id)
    assert service.get_submission(lab, run_id).parameters["rate"] == 0.15
    assert (run.display_name, run.tags, run.submitted_by) == ("by hand", {"from": "form", "quick": ""}, "ada")
    wait_for_end(service, lab, run_id)
    looker.go(page, f"/workspaces/{lab}/runs?who=ada")
    assert names(page) == ["by hand"]
    assert "Published, Portal" in page.locator("#runs").inner_text()


def test_what_the_form_cannot_mean_is_said(looker, service, lab, empty):
    page = looker.open(addresses(service, lab, empty)["pipeline"])
    page.get_by_label("rows").evaluate("field => field.type = 'text'")
    page.get_by_label("rows").fill("many")
    looker.expects("400")
    page.get_by_role("button", name="Start a run").click()
    assert "'rows'" in page.get_by_role("alert").inner_text()


def test_another_version_of_an_endpoint_answers(looker, service, lab, empty):
    page = looker.open(addresses(service, lab, empty)["endpoint"])
    page.get_by_role("button", name="Make default").click()
    expect(told(page)).to_contain_text("Version 1 answers from now on")
    assert service.get_endpoint(lab, "learn").default_version == "1"
    page.get_by_role("button", name="Make default").click()
    assert service.get_endpoint(lab, "learn").default_version == "0"
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("button", name="Start a run")).to_be_disabled()
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("button", name="Start a run")).to_be_enabled()
    page.reload()
    expect(page.locator(".flash")).to_have_count(0)  # a message is shown once


def test_a_schedule_is_run_now_paused_and_resumed(looker, service, lab, empty):
    path = addresses(service, lab, empty)["schedule"]
    page = looker.open(path)
    page.get_by_role("button", name="Run now").click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}"))
    wait_for_end(service, lab, page.url.rpartition("/")[2].partition("?")[0])
    looker.go(page, path)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Enabled", exact=True)).to_be_visible()
    assert page.locator("#checks tr").count() > 1


def test_a_failure_is_marked_as_handled(looker, service, lab):
    page = looker.open(f"/workspaces/{lab}")
    part = page.locator("#attention-part")
    expect(part.get_by_role("link", name="squares #5")).to_be_visible()
    assert "the learning rate 0.4 is too large" in part.inner_text()
    part.get_by_role("button", name="Mark as handled").click()
    expect(told(page)).to_have_text("1 run marked as handled.")
    expect(part.get_by_role("link", name="squares #5")).to_have_count(0)
    assert service.list_runs(lab, RunQuery(unresolved=True, top_level=True)) == ()


def test_active_runs_show_themselves_and_are_cancelled_together(looker, service, slow_run, lab):
    page = looker.open(f"/workspaces/{lab}/runs")
    run_id = slow_run()
    row = page.locator(f"#runs-{run_id}")
    expect(row).to_be_visible(timeout=20_000)  # by itself: the page is not loaded again
    expect(row).to_contain_text("Running", timeout=20_000)
    expect(page.locator("#connection")).to_have_text("Live")
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Cancel").click()
    expect(told(page)).to_have_text("Asked for the cancellation of 1 run.")
    expect(row).to_contain_text("Canceled", timeout=20_000)
    assert service.get_run(lab, run_id).status is RunStatus.CANCELED


def test_chosen_runs_are_compared(looker, service, lab):
    page = looker.open(f"/workspaces/{lab}/runs?experiment=squares")
    expect(page.get_by_role("button", name="Compare")).to_be_disabled()
    boxes = page.locator("#runs input[type=checkbox]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url(re.compile(r"/compare\?.*run=[0-9a-f-]+&run=[0-9a-f-]+"))


def test_a_file_is_downloaded_as_it_is(looker, service, lab, empty):
    page = looker.open(addresses(service, lab, empty)["file-binary"])
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "bytes.bin"
    assert Path(download.value.path()).read_bytes() == bytes(range(256))


def test_a_lost_connection_is_told(looker, service, lab):
    page = looker.open(f"/workspaces/{lab}")
    expect(page.locator("#connection")).to_have_text("Live")
    looker.expects("failed", "ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_contain_text("Not connected since", timeout=15_000)
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_have_text("Live", timeout=15_000)


def test_runs_are_deleted_after_a_page_that_says_what_goes(looker, service, slow_run, lab):
    run_id = slow_run("done")
    wait_for_end(service, lab, run_id)
    page = looker.open(f"/workspaces/{lab}/runs?text={run_id[:13]}")
    page.get_by_role("checkbox", name="Select slow").check()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete 1 run?")
    assert re.search(r"[1-9][0-9.]* K?B\s+freed", page.locator(".tiles").inner_text())
    page.get_by_role("link", name="Keep everything as it is").click()
    assert service.get_run(lab, run_id).id == run_id
    looker.go(page, f"/workspaces/{lab}/runs/delete?run={run_id}")
    page.get_by_role("button", name="Delete for ever").click()
    expect(told(page)).to_contain_text("1 run deleted")
    with pytest.raises(NotFound):
        service.get_run(lab, run_id)
