"""Signed claims: only the key and the purpose they were made with open them, and only until they end."""

from __future__ import annotations

import base64
import json

import pytest

from lazulite.model.signed import ACCESS, RUN, claims_of, sign

KEY = b"a key"


def test_claims_come_back_with_their_end() -> None:
    claims = claims_of(KEY, RUN, sign(KEY, RUN, {"run": "r-1", "root": "ö"}, 60))
    assert claims is not None
    assert (claims["run"], claims["root"]) == ("r-1", "ö")


def test_another_key_purpose_or_time_opens_nothing() -> None:
    text = sign(KEY, RUN, {"run": "r-1"}, 60)
    assert claims_of(b"another key", RUN, text) is None
    assert claims_of(KEY, ACCESS, text) is None
    assert claims_of(KEY, RUN, sign(KEY, RUN, {}, -1)) is None


def test_every_altered_character_is_noticed() -> None:
    text = sign(KEY, RUN, {"run": "r-1"}, 60)
    for place, character in enumerate(text):
        altered = text[:place] + ("B" if character != "B" else "C") + text[place + 1 :]
        assert claims_of(KEY, RUN, altered) is None, place


@pytest.mark.parametrize(
    "text",
    ["", "lz1.", "lz1..", "lz1.e30.", "lz1.\N{SNOWMAN}.x", "e30.e30.e30", "lz1." + "a" * 9000, "lz1.a"],
)
def test_what_is_no_signed_text_opens_nothing(text: str) -> None:
    assert claims_of(KEY, RUN, text) is None


def test_a_jwt_that_names_no_algorithm_is_nothing_here() -> None:
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "none"}, {"run": "r-1", "exp": 9999999999})
    )
    assert claims_of(KEY, RUN, f"{head}.{body}.") is None
