"""What a tree is written as is read as that tree."""

import random

import pytest
from tests.unit.usql.test_corpus import CORPUS
from tests.unit.usql.trees import Grower

from lazulite.usql.parser import parse, parse_expression
from lazulite.usql.printing import text_of


def test_expressions_are_read_from_what_they_are_written_as():
    seed = random.randrange(2**32)
    for number in range(400):
        tree = Grower(seed + number).expression()

        assert parse_expression(text_of(tree)) == tree, f"seed {seed + number}: {text_of(tree)}"


def test_scripts_are_read_from_what_they_are_written_as():
    seed = random.randrange(2**32)
    for number in range(100):
        tree = Grower(seed + number, size=3).script()

        assert parse(text_of(tree)) == tree, f"seed {seed + number}: {text_of(tree)}"


@pytest.mark.parametrize("script", CORPUS, ids=lambda path: path.stem)
def test_the_corpus_says_the_same_when_written_again(script):
    tree = parse(script.read_text(encoding="utf-8"))

    assert parse(text_of(tree)) == tree
