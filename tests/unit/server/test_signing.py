"""Whose work a request is, and with which interpreter it runs, is the server's word."""

from __future__ import annotations

from typing import Any

import pytest

from lazulite.model.access import EVERYWHERE, Role
from lazulite.model.plan import Plan
from lazulite.model.publishing import Publication, StartRequest
from lazulite.model.run import Rerun, Submission
from lazulite.server.callers import Caller
from lazulite.server.provenance import signed

SOMEBODY = Caller("1", "ada", {"w": Role.CONTRIBUTOR})
ADMIN = Caller("2", "eve", {EVERYWHERE: Role.OWNER})
OPERATOR = Caller("3", "owner", {EVERYWHERE: Role.OWNER}, is_operator=True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (Submission("e", Plan(()), submitted_by="the boss"), "submitted_by"),
        (Publication(Plan(()), "p", published_by="the boss"), "published_by"),
        (StartRequest("e", "p", submitted_by="the boss"), "submitted_by"),
        (Rerun(submitted_by="the boss"), "submitted_by"),
    ],
)
def test_nobody_signs_for_another(body: Any, field: str) -> None:
    assert getattr(signed(body, SOMEBODY), field) == "ada"
    assert getattr(signed(body, ADMIN), field) == "eve"
    assert getattr(signed(body, OPERATOR), field) == "the boss"


@pytest.mark.parametrize("caller", [SOMEBODY, ADMIN, OPERATOR])
def test_no_caller_names_an_interpreter_of_the_server(caller: Caller) -> None:
    for body in (
        Submission("e", Plan(()), interpreter="/usr/bin/python3"),
        Publication(Plan(()), "p", interpreter="/usr/bin/python3"),
    ):
        assert signed(body, caller).interpreter == ""
