"""Explanations of cases in which there is nothing to compare."""

from __future__ import annotations

from lazulite.graph.explain import explanation
from lazulite.model.reuse import ReuseDecision


def test_an_earlier_run_that_differs_in_nothing_is_not_said_to_differ() -> None:
    (line,) = explanation(ReuseDecision("run", "key-differs", candidate="r1"))
    assert "differs" not in line
    assert "allow_reuse=False" in line
    assert line.endswith("(run r1)")
