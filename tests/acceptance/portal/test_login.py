"""Logging in, and links from elsewhere, in a real browser: what it does with a strict cookie is its own to know."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.acceptance.portal.axe import barriers
from tests.acceptance.portal.looking import Looker, assert_fits, picture
from tests.serving import Served, serving

from lazulite.api.home_secrets import link_key
from lazulite.model.access import Role
from lazulite.model.assets import Workspace
from lazulite.server.auth.guard import AccessGuard
from lazulite.service.local import LocalService

pytestmark = pytest.mark.slow
PASSWORD = "correct horse battery"


@pytest.fixture
def service(home: Path) -> LocalService:
    made = LocalService(str(home))
    for name in ("team", "second"):
        made.create_workspace(Workspace("", name, "local", "local"))
    made.access.add_user("ada", PASSWORD)
    made.access.grant("ada", "team", Role.CONTRIBUTOR)
    made.access.grant("ada", "second", Role.READER)
    return made


@pytest.fixture
def server(service: LocalService) -> Iterator[Served]:
    with serving(service, AccessGuard(service.access), token=service.access.home_token) as served:
        yield served


@pytest.fixture
def elsewhere(server: Served, home: Path) -> Iterator[str]:
    """A page of another site, such as a notebook's: with links to the portal, and a form that means no good."""
    team = LocalService(str(home)).list_workspaces()[0].id
    page = f"""<!doctype html><title>A notebook</title>
        <a id="with" href="{server.url}/workspaces/{team}/runs?text=x&amp;key={link_key(str(home))}">run</a>
        <a id="without" href="{server.url}/workspaces/{team}/models">models</a>
        <form id="evil" method="post" action="{server.url}/logout"><button>Win a prize</button></form>"""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    yield f"http://localhost:{site.server_address[1]}/"
    site.shutdown()
    site.server_close()
    thread.join()


def fill_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def test_logging_in_and_out(browser: Browser, server: Served, service: LocalService) -> None:
    team = service.list_workspaces()[0].id
    looker = Looker(browser, server.url)
    looker.expects("401")
    page = looker.open(f"/workspaces/{team}/runs?text=abc", script=False)
    assert page.url.startswith(f"{server.url}/login?next=")
    fill_in(page, "ada", "wrong")
    page.get_by_role("alert").get_by_text("That is not right").wait_for()
    fill_in(page, "ada", PASSWORD)
    page.wait_for_url(f"{server.url}/workspaces/{team}/runs?text=abc")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{server.url}/login")
    looker.go(page, "/")
    assert "/login" in page.url
    looker.close()


def test_a_token_opens_the_portal(browser: Browser, server: Served) -> None:
    looker = Looker(browser, server.url)
    page = looker.open("/login")
    page.get_by_text("With a token").click()
    page.get_by_label("Token").fill(server.token)
    page.get_by_role("button", name="Log in with the token").click()
    page.get_by_role("link", name="second").first.wait_for()
    looker.close()


def test_where_nobody_has_a_password_the_way_in_is_told(browser: Browser, home: Path) -> None:
    service = LocalService(str(home))
    with serving(service, AccessGuard(service.access), token=service.access.home_token) as served:
        looker = Looker(browser, served.url)
        for theme, width in (("light", 390), ("dark", 1280)):
            page = looker.open("/login", width=width, theme=theme)
            page.get_by_text("lazulite portal").wait_for()
            assert page.get_by_label("Password").count() == 0
            assert_fits(page)
            assert barriers(page) == []
            picture(page, f"login-alone-{width}-{theme}")
        looker.close()


def test_the_form_fits_and_has_no_barriers(browser: Browser, server: Served) -> None:
    looker = Looker(browser, server.url)
    for theme in ("light", "dark"):
        for width in (390, 1280):
            page = looker.open("/login", width=width, theme=theme)
            page.get_by_text("With a token").click()
            assert_fits(page)
            assert barriers(page) == []
            picture(page, f"login-{width}-{theme}")
    looker.close()


def test_links_on_another_sites_page_open(browser: Browser, server: Served, elsewhere: str) -> None:
    """A strict cookie does not come along with what another site's page leads to, not through redirects either."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(elsewhere)
    page.locator("#with").click()
    page.wait_for_url("**/runs?text=x")
    assert page.get_by_role("searchbox").first.is_visible()
    page.goto(elsewhere)
    page.locator("#without").click()
    page.wait_for_url("**/models")
    page.wait_for_function("document.title.includes('Models')")
    page.goto(elsewhere)
    page.locator("#evil button").click()
    page.get_by_text("another site").wait_for()
    page.goto(f"{server.url}/?all=1")
    assert "/login" not in page.url  # the form has not ended the session
    context.close()


def test_a_link_without_a_key_leads_to_the_form_once(
    browser: Browser, server: Served, elsewhere: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(elsewhere)
    page.locator("#without").click()
    page.wait_for_url("**/login?next=**")
    fill_in(page, "ada", PASSWORD)
    page.wait_for_url("**/models")
    context.close()
