"""Every list-like view in a real browser: at two widths, in both themes, without barriers."""

from __future__ import annotations

import pytest
from tests.acceptance.portal.axe import barriers
from tests.acceptance.portal.looking import assert_fits, picture
from tests.acceptance.portal.views import addresses

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_view_is_whole(looker, service, lab, empty, theme):
    """It fits its window, wide and narrow, has one heading of the first rank, and keeps nobody out."""
    problems = []
    page = looker.open("/?all=1", theme=theme)
    for name, path in addresses(service, lab, empty).items():
        looker.go(page, path)
        assert page.locator("h1").count() == 1, name
        problems += [f"{name} ({theme}): {barrier}" for barrier in barriers(page)]
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert_fits(page)
            picture(page, f"{name}-{width}-{theme}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("width", [700, 1024, 1920])
def test_the_widest_views_fit_other_windows(looker, service, lab, empty, width):
    page = looker.open("/?all=1", width=width)
    for name in ("home", "runs", "experiment", "pipeline", "endpoint", "schedule", "file-csv", "model"):
        looker.go(page, addresses(service, lab, empty)[name])
        picture(page, f"{name}-{width}-light")
        assert_fits(page)


def test_without_scripts_everything_can_be_read(looker, service, lab, empty):
    page = looker.open("/?all=1", script=False)
    for name, path in addresses(service, lab, empty).items():
        looker.go(page, path)
        assert page.locator("h1").inner_text(), name
        assert page.get_by_text("UTC").count(), f"{name}: times say their zone"


def test_what_users_wrote_is_text(looker, service, lab, empty):
    said = []

    def hear(dialog):
        said.append(dialog.message)
        dialog.dismiss()

    page = looker.open("/?all=1")
    page.on("dialog", hear)
    views = addresses(service, lab, empty)
    looker.go(page, views["runs"])
    assert page.get_by_text("<b>markup</b> & co", exact=True).is_visible()
    assert page.get_by_text("<script>alert(1)").is_visible()  # a tag's name, and its value
    looker.go(page, views["file-text"])
    assert page.get_by_text("<script>alert(1)</script>").is_visible()
    looker.go(page, views["folder"])
    page.get_by_role("link", name="50% of <all> #1.csv").click()
    assert page.get_by_role("heading", level=1).inner_text() == "50% of <all> #1.csv"
    assert page.get_by_role("cell", name="x").is_visible()
    assert said == []
