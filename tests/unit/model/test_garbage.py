"""Putting off the search for reference cycles: inside the block only, and never against what the program has set."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from lazulite.model.codec import dumps, loads
from lazulite.model.errors import Corrupt
from lazulite.model.garbage import uncollected


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_nothing_is_collected_inside_and_as_before_behind():
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_program_that_collects_nothing_is_left_alone():
    gc.disable()
    with uncollected():
        pass
    assert not gc.isenabled()


def test_reading_a_large_document_leaves_nothing_behind_even_if_it_is_wrong():
    text = dumps(["word"] * 100_000)
    assert len(loads(list[str], text)) == 100_000
    assert gc.isenabled()
    with pytest.raises(Corrupt):
        loads(list[int], text)
    assert gc.isenabled()
