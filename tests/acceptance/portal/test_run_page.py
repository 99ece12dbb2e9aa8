"""The page of a run in a real browser: what it shows of runs that are over."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.acceptance.portal.axe import barriers
from tests.acceptance.portal.looking import assert_fits, picture
from tests.acceptance.portal.told import LEARN, MARKUP, Told

pytestmark = pytest.mark.slow


def test_a_failed_run_tells_the_users_own_error_first(told, open_page, no_alerts):
    page = open_page(told.at(told.failed))
    banner = page.locator(".banner")
    expect(banner).to_contain_text("ValueError: the rate 0.4 is too large <script>alert('error')</script>")
    expect(banner).to_contain_text("Traceback (most recent call last)")
    page.locator(".box", has_text="learn").click()
    expect(page.locator("#panel-title")).to_have_text(LEARN)
    assert told.step(told.failed, LEARN).id in page.url
    # Of a failed step the log is what is shown first.
    lines = page.locator("#log-lines li")
    expect(lines.first).to_contain_text("epoch 0: accuracy")
    expect(lines.last).to_contain_text("ValueError: the rate 0.4 is too large <script>")
    page.locator("#log-error").click()
    expect(page.locator("#log-lines li.marked")).to_contain_text("Traceback (most recent call last)")
    assert re.search(r"line=13$", page.url)
    page.reload()
    expect(page.locator("#log-lines li.marked")).to_contain_text("Traceback")


def test_graph_and_timeline_share_the_selection(told, open_page, no_alerts):
    page = open_page(told.at(told.second))
    chosen = told.step(told.second, "prepare").id
    page.locator(f".box[data-step='{chosen}']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("prepare")
    page.locator(".tabs a", has_text="Reuse").click()
    expect(page.locator(".verdict")).to_contain_text("reuses run")
    page.locator("a[data-view='timeline']").click()
    expect(page.locator("tr.chosen th a")).to_have_text("prepare")
    expect(page.locator(".tabs a[aria-current]")).to_have_text("Reuse")
    page.locator("a[data-view='graph']").click()
    expect(page.locator(".box[aria-current]")).to_have_attribute("data-step", chosen)
    page.go_back()
    expect(page.locator("tr.chosen th a")).to_have_text("prepare")


def test_the_graph_tells_status_data_and_reuse(told, open_page):
    page = open_page(told.at(told.second))
    label = page.locator(".box", has_text="prepare").locator("title").text_content()
    assert label == "prepare: Completed, no time, reused"
    assert re.search(r"table · \d", page.locator(".wire text").text_content())
    page.locator("#step-search").fill("lear")
    expect(page.locator(".box.dim")).to_have_count(1)
    page.locator("#step-search").press("Enter")
    expect(page.locator("#panel-title")).to_have_text(LEARN)
    before = page.locator("#graph").bounding_box()["width"]
    page.locator("[data-zoom='in']").click()
    assert page.locator("#graph").bounding_box()["width"] > before


def test_why_a_step_ran(told, open_page, no_alerts):
    page = open_page(told.at(told.second, f"?step={told.step(told.second, LEARN).id}&tab=reuse"))
    expect(page.locator(".verdict").first).to_contain_text("runs: the nearest earlier run differs")
    expect(page.locator(".reasons")).to_contain_text("learn.py changed")
    differing = page.locator(".components tr.differs th").all_inner_texts()
    assert differing == ["code", "parameter rate"]
    page.get_by_text("What would it do now?").click()
    expect(page.locator(".verdict").nth(1)).to_contain_text("Submitted again now, it reuses run")
    page.get_by_role("link", name="The nearest earlier run").click()
    expect(page).to_have_url(re.compile(told.first))


def test_code_and_its_changes(told, open_page, no_alerts):
    step = told.step(told.second, LEARN).id
    page = open_page(told.at(told.second, f"?step={step}&tab=code"))
    expect(page.locator(".files a[aria-current]")).to_contain_text("learn.py")
    expect(page.locator(".diff tr.gone")).to_contain_text("RATE_LIMIT = 0.3")
    expect(page.locator(".diff tr.new")).to_contain_text("# stricter")
    page.get_by_text("Side by side").click()
    expect(page.locator(".diff.beside tr.changed td.new")).to_contain_text("# stricter")
    page.get_by_text("Whole file").click()
    expect(page.locator(".source li").first).to_contain_text("import argparse")
    page.locator(".files a", has_text="prepare.py").click()
    expect(page.locator(".source")).to_contain_text("<img src=x onerror=alert(1)>")


def test_metrics_images_outputs(told, open_page, no_alerts):
    step = told.step(told.second, LEARN).id
    page = open_page(told.at(told.second, f"?step={step}&tab=metrics"))
    titles = page.locator(".plot figcaption").all_inner_texts()
    assert titles == ["accuracy", "<u>loss</u>", "<b>by class</b>"]
    expect(page.locator(".matrix")).to_contain_text("<b>no</b>")
    page.locator(".tabs a", has_text="Images").click()
    image = page.locator(".pictures img")
    expect(image).to_have_attribute("alt", "roc <b>curve</b>")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    prepare = told.step(told.first, "prepare").id
    page.goto(page.url.split("/workspaces")[0] + told.at(told.first, f"?step={prepare}&tab=outputs"))
    page.get_by_text("<i>numbers.csv").click()
    expect(page.locator(".tab-outputs tbody tr")).to_have_count(20)
    expect(page.locator(".tab-outputs tbody tr").first).to_contain_text(MARKUP)
    with page.expect_download() as download:
        page.locator(".tab-outputs a[download]").click()
    assert Path(download.value.path()).read_text().startswith("number,name\n")


def test_logs_have_colours_and_times_and_can_be_searched(told, open_page, no_alerts):
    step = told.step(told.first, "prepare").id
    page = open_page(told.at(told.first, f"?step={step}&tab=logs"))
    line = page.locator("#log-lines li").first
    expect(line).to_contain_text("wrote 20 rows <script>alert('log')</script>")
    assert line.locator(".ansi-green").inner_text() == "wrote"
    page.locator("#log-stamps").uncheck()
    expect(line.locator(".stamp")).to_be_hidden()
    page.locator("#log-search").fill("ROWS")
    expect(page.locator("#log-found")).to_have_text("1 of 1")
    expect(page.locator("#log-lines li.found")).to_have_count(1)


def test_a_log_of_100_mb_is_shown_in_pages(told, open_page, story_home):
    step = told.step(told.first, "prepare")
    folder = (
        story_home / "workspaces" / told.lab / "datastores" / step.artifact_datastore / step.artifact_path
    )
    block = b"".join(b"line of a very long log, number in its block: %06d\n" % n for n in range(20_000))
    with (folder / "logs" / "huge.txt").open("wb") as file:
        for _ in range(100):
            file.write(block)
    began = time.monotonic()
    page = open_page(told.at(told.first, f"?step={step.id}&tab=logs&file=logs/huge.txt&line=1000000"))
    expect(page.locator("#log-lines li.marked")).to_contain_text("number in its block: 019999")
    assert time.monotonic() - began < 15
    assert page.locator("#log-lines li").count() <= 1500
    page.locator("#log-end").click()
    expect(page.locator("#log-lines li").last).to_have_attribute("value", "2000000")
    page.locator("#log-start").click()
    expect(page.locator("#log-lines li").first).to_have_attribute("value", "1")
    page.locator("#log-search").fill("block: 012345")
    expect(page.locator("#log-found")).to_have_text("1 of 100", timeout=20_000)
    (folder / "logs" / "huge.txt").unlink()


def test_two_runs_beside_each_other(told, open_page, no_alerts):
    page = open_page(f"/workspaces/{told.lab}/compare?run={told.first}&run={told.second}")
    table = page.locator(".compare")
    expect(table.locator("tr.differs", has_text="rate").first).to_contain_text("0.1")
    expect(table.locator("tr", has_text="prepare").filter(has_text="reused")).to_have_count(1)
    expect(page.locator(".diff tr.new")).to_contain_text("# stricter")
    titles = page.locator(".plot figcaption").all_inner_texts()
    assert f"{LEARN} · accuracy" in titles
    assert page.locator(".plot").first.locator("polyline").count() == 2
    rows = table.locator("tbody tr").count()
    page.get_by_text("Hide what is the same").click()
    expect(page.get_by_text("Show what is the same")).to_be_visible()
    assert table.locator("tbody tr").count() < rows


def views(told: Told) -> dict[str, str]:
    learn, failed = told.step(told.second, LEARN).id, told.step(told.failed, LEARN).id
    tabs = ("overview", "reuse", "logs", "metrics", "images", "outputs", "code", "environment", "raw")
    return {
        "run": told.at(told.second),
        "run-failed": told.at(told.failed, f"?step={failed}"),
        "run-timeline": told.at(told.second, f"?view=timeline&step={learn}"),
        **{f"run-{tab}": told.at(told.second, f"?step={learn}&tab={tab}") for tab in tabs},
        "run-beside": told.at(told.second, f"?step={learn}&tab=code&beside=1"),
        "run-again": told.at(told.failed, "/rerun"),
        "run-publish": told.at(told.failed, "/publish"),
        "compare": f"/workspaces/{told.lab}/compare?run={told.first}&run={told.second}&run={told.failed}",
    }


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_every_view_fits_and_is_accessible(told, looker, no_alerts, width, theme):
    page = looker.open(told.at(told.first), width=width, theme=theme)
    for name, path in views(told).items():
        page.goto(looker.address + path)
        assert_fits(page)
        picture(page, f"{name}-{width}-{theme}")
        # Each check takes a second; widths and themes have no rule of their own but contrast.
        if (width, theme) in ((1280, "light"), (390, "dark")):
            assert barriers(page) == [], name


def test_without_script_everything_can_be_read(told, looker):
    step = told.step(told.failed, LEARN).id
    page = looker.open(told.at(told.failed, f"?step={step}"), script=False)
    expect(page.locator(".banner")).to_contain_text("ValueError")
    expect(page.locator("#log-lines li").last).to_contain_text("ValueError")
    page.locator("a[data-view='timeline']").click()
    expect(page.locator("tr.chosen")).to_have_count(1)
