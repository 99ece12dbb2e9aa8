"""The frame of every page, in a real browser."""

from __future__ import annotations

import pytest
from tests.acceptance.portal.looking import assert_fits, picture

from lazulite.model.run import RunQuery

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_runs_list(open_page, service, lab, width, theme):
    page = open_page(f"/workspaces/{lab}/runs", width=width, theme=theme)
    picture(page, f"runs-{width}-{theme}")
    assert page.locator("tbody tr").count() == len(service.list_runs(lab, RunQuery(top_level=True)))
    assert_fits(page)
