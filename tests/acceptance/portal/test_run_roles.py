"""Who may only look sees the page of a run, and can change nothing by it."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import expect
from tests.acceptance.portal.looking import Looker
from tests.acceptance.portal.serving import serving, somebody

from lazulite.model.access import Role

pytestmark = pytest.mark.slow
ACTIONS = {
    "cancel": {},
    "rerun": {"mode": "again"},
    "publish": {"name": "x"},
    "describe": {"display_name": "x"},
    "tags": {"name": "x"},
}


def test_a_reader_looks_and_changes_nothing(told, browser):
    with serving(told.service, somebody(Role.READER)) as address:
        looker = Looker(browser, address)
        page = looker.open(told.at(told.failed))
        expect(page.locator(".banner")).to_contain_text("ValueError")
        expect(page.get_by_role("button", name="Resume from failed")).to_be_disabled()
        before = told.service.get_run(told.lab, told.failed)
        for action, fields in ACTIONS.items():
            answer = requests.post(
                address + told.at(told.failed, f"/{action}"),
                data=fields,
                headers={"origin": address},
                timeout=10,
                allow_redirects=False,
            )
            assert answer.status_code == 403, action
        assert told.service.get_run(told.lab, told.failed) == before
        looker.close()


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example"])
def test_a_form_of_another_site_does_nothing(told, address, origin):
    before = told.service.get_run(told.lab, told.first)
    for action, fields in ACTIONS.items():
        answer = requests.post(
            address + told.at(told.first, f"/{action}"),
            data=fields,
            headers={"origin": origin} if origin else {},
            timeout=10,
            allow_redirects=False,
        )
        assert answer.status_code == 403, action
    assert told.service.get_run(told.lab, told.first) == before


@pytest.mark.parametrize(
    "path",
    [
        "/files/../../../lazulite.db",
        "/files/..%2f..%2f..%2flazulite.db",
        "/files/%2e%2e/%2e%2e/secrets",
        "/outputs/table/..%2f..%2fx",
        "/log?file=../../../lazulite.db",
        "/log?file=/etc/passwd",
        "/log/find?file=..%2f..%2fx&text=a",
        "/files/nothing-here",
        "/outputs/nothing/x",
    ],
)
def test_no_file_but_the_runs_own_is_given(told, address, path):
    step = told.step(told.first, "prepare").id
    answer = requests.get(address + f"/workspaces/{told.lab}/runs/{step}{path}", timeout=10)
    assert answer.status_code in (400, 404), answer.text[:200]
    assert b"SQLite" not in answer.content


@pytest.mark.parametrize(
    "query",
    [
        "tab=outputs&path=../../..",
        "tab=nothing&view=nothing&step=nothing",
        "tab=logs&line=99999999999999",
        "tab=logs&line=-1&file=../x",
        "tab=code&file=../x&beside=1",
        "open=nothing&open=all",
    ],
)
def test_no_address_of_a_run_is_a_failure_of_the_server(told, address, query):
    step = told.step(told.first, "prepare").id
    for one in (f"?step={step}&{query}", f"?{query}"):
        answer = requests.get(address + told.at(told.first, one), timeout=20)
        assert answer.status_code in (200, 400), answer.text[:200]
