"""What a job does again when a datastore did not answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lazulite.model.errors import StorageError
from lazulite.storage.remote.failures import StoreUnusable, Unreachable
from lazulite.storage.retrying import retried


def failing(times: int, error: Exception) -> Callable[[], str]:
    left = [error] * times

    def work() -> str:
        if left:
            raise left.pop()
        return "done"

    return work


def test_an_outage_passes_and_is_told() -> None:
    said: list[str] = []
    pauses: list[float] = []
    assert retried(failing(3, Unreachable("It is away.")), said.append, pauses.append, 60) == "done"
    assert pauses == [0.5, 1.0, 2.0]
    assert said[0] == "It is away. It is tried again in 0.5 seconds."


def test_an_outage_that_lasts_is_raised() -> None:
    with pytest.raises(Unreachable):
        retried(failing(3, Unreachable("It is away.")), seconds=0, sleep=lambda _: None)


@pytest.mark.parametrize("error", [StoreUnusable("The key is wrong."), StorageError("It is no file.")])
def test_what_does_not_pass_is_not_tried_again(error: Exception) -> None:
    with pytest.raises(type(error)):
        retried(failing(1, error), sleep=lambda _: pytest.fail("it waited"), seconds=60)
