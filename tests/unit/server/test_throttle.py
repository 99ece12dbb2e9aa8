"""Guessing is bounded by who is guessed and from where, and forgotten in time."""

from __future__ import annotations

import pytest

from lazulite.model.errors import TooManyAttempts
from lazulite.server.auth.throttle import Throttle


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def fail(throttle: Throttle, name: str, address: str, times: int) -> None:
    for _ in range(times):
        throttle.check(name, address)
        throttle.failed(name, address)


def test_five_wrong_tries_and_then_a_wait() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    fail(throttle, "ada", "1.1.1.1", 5)
    with pytest.raises(TooManyAttempts, match="Wait 300 seconds") as caught:
        throttle.check("ada", "1.1.1.1")
    assert caught.value.details == {"retry_after": 300}
    throttle.check("ada", "2.2.2.2")  # she herself, elsewhere
    throttle.check("bob", "1.1.1.1")
    clock.now += 301
    throttle.check("ada", "1.1.1.1")


def test_what_was_right_forgives_what_was_wrong_before() -> None:
    throttle = Throttle(Clock())
    for _ in range(4):
        fail(throttle, "ada", "1.1.1.1", 4)
        throttle.succeeded("ada", "1.1.1.1")


def test_one_address_does_not_try_many_names_nor_many_addresses_one() -> None:
    throttle = Throttle(Clock())
    for number in range(50):
        fail(throttle, f"user-{number}", "1.1.1.1", 1)
    with pytest.raises(TooManyAttempts):
        throttle.check("somebody else", "1.1.1.1")
    for number in range(50):
        fail(throttle, "ada", f"2.2.2.{number}", 1)
    with pytest.raises(TooManyAttempts):
        throttle.check("ada", "3.3.3.3")


def test_memory_is_bounded() -> None:
    throttle = Throttle(Clock())
    for number in range(30_000):
        throttle.failed("x" * 10_000 + str(number), f"address-{number}")
    assert len(throttle._failures) <= 20_000
    assert max(len(name) for name, _ in throttle._failures) <= 200


def test_a_token_which_names_nobody_counts_for_its_address_alone() -> None:
    throttle = Throttle(Clock())
    fail(throttle, "", "1.1.1.1", 49)
    throttle.succeeded("", "1.1.1.1")  # one that is right forgives no guessing
    fail(throttle, "ada", "1.1.1.1", 1)
    with pytest.raises(TooManyAttempts):
        throttle.check("", "1.1.1.1")
    for number in range(60):
        fail(throttle, "", f"2.2.2.{number}", 1)
    throttle.check("", "3.3.3.3")
