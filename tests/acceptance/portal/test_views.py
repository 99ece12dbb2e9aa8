"""Every list-like view in a real browser: at two widths, in both themes."""

from __future__ import annotations

import pytest
from tests.acceptance.portal.looking import assert_fits, picture
from tests.acceptance.portal.views import addresses

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_every_view_fits_its_window(open_page, service, lab, empty, width, theme):
    for name, path in addresses(service, lab, empty).items():
        page = open_page(path, width=width, theme=theme)
        picture(page, f"{name}-{width}-{theme}")
        assert page.locator("h1").count() == 1, name
        assert_fits(page)
        page.context.close()
