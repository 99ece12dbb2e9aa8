"""Scripts that use every construct of the language can be read."""

from pathlib import Path

import pytest

from lazulite.usql.parser import parse

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.usql"))


@pytest.mark.parametrize("script", CORPUS, ids=lambda path: path.stem)
def test_a_valid_script_is_read(script: Path):
    text = script.read_text(encoding="utf-8")

    parsed = parse(text, name=script.name)

    assert parsed.at.end == len(text)
