"""Lines about transfers that take long."""

from __future__ import annotations

import pytest

from lazulite.storage.meter import TransferProgress
from lazulite.worker import rates
from lazulite.worker.rates import Rates


def test_a_long_transfer_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_SECONDS", 0.0)
    said: list[str] = []
    shown = Rates("Input 'data'", said.append)
    shown.show(TransferProgress(1, 2, 1_000_000, 4_000_000, "a"))
    shown.show(TransferProgress(2, 2, 4_000_000, 4_000_000, "b", is_last=True))
    [line] = said
    assert line.startswith("Input 'data': 1.0 MB of 4.0 MB, 1 of 2 files, ")
    assert line.endswith(" left.")


def test_a_short_one_says_nothing() -> None:
    said: list[str] = []
    Rates("x", said.append).show(TransferProgress(1, 2, 1, 2, "a"))
    assert said == []
