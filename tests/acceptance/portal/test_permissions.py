"""What the pages refuse, over plain HTTP: foreign forms, roles that are lacking, tricks with paths."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests
from tests.acceptance.portal.serving import serving, somebody
from tests.acceptance.portal.views import addresses

from lazulite.model.access import Role
from lazulite.model.run import RunQuery

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader(service):
    with serving(service, somebody(Role.READER)) as url:
        yield url


def get(url: str, **options: Any) -> requests.Response:
    return requests.get(url, headers={"Accept": "text/html"}, timeout=30, **options)


def post(url: str, path: str, fields: dict[str, str], **headers: str) -> requests.Response:
    headers = {"Accept": "text/html", "Origin": url, **headers}
    return requests.post(url + path, data=fields, headers=headers, allow_redirects=False, timeout=30)


def test_a_reader_sees_every_page_and_buttons_that_say_why_not(reader, service, lab, empty):
    for name, path in addresses(service, lab, empty).items():
        answer = get(reader + path)
        if name.startswith("delete"):
            assert answer.status_code == 403, name
            assert "Owner" in answer.text, name
            continue
        assert answer.status_code == 200, name
        for button in re.findall(r'<form class="inline" method="post".*?</form>', answer.text, re.DOTALL):
            assert "disabled" in button, (name, button)
            assert "needs the role Contributor" in button, (name, button)


def test_a_reader_changes_nothing(reader, service, lab, empty):
    views = addresses(service, lab, empty)
    (run,) = service.list_runs(lab, RunQuery(experiment="squares", top_level=True, limit=1))
    before = service.list_runs(lab, RunQuery())
    for path, fields in {
        f"/workspaces/{lab}/runs/cancel": {"run": run.id},
        f"/workspaces/{lab}/runs/handled": {"run": run.id},
        views["pipeline"] + "/start": {"experiment": "x"},
        views["pipeline"] + "/status": {"status": "Disabled"},
        views["endpoint"] + "/start": {"experiment": "x"},
        views["endpoint"] + "/default": {"version": "1"},
        views["endpoint"] + "/status": {"status": "Disabled"},
        views["schedule"] + "/run": {},
        views["schedule"] + "/status": {"status": "Disabled"},
        f"/workspaces/{lab}/runs/delete": {"run": run.id},
        f"/workspaces/{lab}/experiments/markup/delete": {},
    }.items():
        answer = post(reader, path, fields)
        assert answer.status_code == 403, path
        assert "needs the role" in answer.text, path
    assert service.list_runs(lab, RunQuery()) == before


def test_a_form_of_another_site_is_refused(address, service, lab):
    (run,) = service.list_runs(lab, RunQuery(experiment="squares", top_level=True, limit=1))
    path = f"/workspaces/{lab}/runs/handled"
    assert post(address, path, {"run": run.id}, Origin="https://elsewhere.example").status_code == 403
    assert post(address, path, {"run": run.id}, Origin="null").status_code == 403


def test_one_workspace_shows_nothing_of_another(service, lab, empty):
    with serving(service, somebody(Role.OWNER, empty)) as url:
        assert get(f"{url}/workspaces/{empty}/runs").status_code == 200
        answer = get(f"{url}/workspaces/{lab}/runs")
        assert answer.status_code == 404
        assert ">lab<" not in answer.text
        start = get(f"{url}/?all=1").text
        assert ">empty<" in start
        assert ">lab<" not in start


def test_a_redirect_leads_to_our_own_pages_only(address, service, lab):
    for target in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"):
        answer = post(address, f"/workspaces/{lab}/runs/cancel", {"back": target})
        assert answer.headers["location"] == f"/workspaces/{lab}/runs"


@pytest.mark.parametrize(
    "path", ["..", "../../token", "%2e%2e/%2e%2e/token", "samples/..%2f..%2ftoken", "a\\b"]
)
def test_no_path_leaves_a_datastore(address, lab, path):
    prepared = requests.Request("GET", address, headers={"Accept": "text/html"}).prepare()
    prepared.url = f"{address}/workspaces/{lab}/datastores/workspaceblobstore/{path}"
    with requests.Session() as session:
        answer = session.send(prepared, timeout=30)
    assert answer.status_code in (400, 404)
    assert "<h1>" in answer.text


def test_a_file_of_a_user_can_do_nothing_in_a_browser(address, lab):
    at = f"{address}/workspaces/{lab}/datastores/workspaceblobstore/samples"
    page = get(f"{at}/page.html?raw=1")
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment")
    picture = get(f"{at}/picture.png?raw=1")
    assert picture.headers["content-type"] == "image/png"
    assert "sandbox" in picture.headers["content-security-policy"]
    assert picture.headers["x-content-type-options"] == "nosniff"


def test_pages_forbid_inline_scripts_and_static_files_are_kept(address, lab):
    page = get(f"{address}/workspaces/{lab}")
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*src=)|\son[a-z]+=|\sstyle=", page.text)
    for path in re.findall(r'(?:href|src)="(/static/[^"]+?\.(?:css|js))"', page.text):
        answer = get(address + path)
        assert "immutable" in answer.headers["cache-control"], path
        stale = get(address + re.sub(r"/static/[^/]+/", "/static/old/", path))
        assert stale.headers["cache-control"] == "no-cache"
    assert get(address + "/static/x/../pages.py").status_code in (400, 404)
    assert get(address + "/static/x/none.css").status_code == 404


def test_an_address_that_leads_nowhere_says_so_on_a_page(address, lab):
    for path in (
        "/nowhere",
        f"/workspaces/{lab}/nowhere",
        "/workspaces/none/runs",
        f"/workspaces/{lab}/models/none",
    ):
        answer = get(address + path)
        assert answer.status_code == 404
        assert "Go to the start page" in answer.text


def test_a_form_is_not_larger_than_forms_are(address, lab):
    answer = post(address, f"/workspaces/{lab}/runs/cancel", {"run": "x" * 1_100_000})
    assert answer.status_code == 413
