"""`@@name@@` becomes a path or value before the script is read."""

import pytest

from lazulite.usql.errors import UsqlNameError
from lazulite.usql.parser import parse
from lazulite.usql.substitute import names_in, substitute

SCRIPT = """SET @@FeaturePreviews = "x:on";
// @@about@@ this script
@a = EXTRACT a int FROM "@@in@@/part.csv" USING Extractors.Csv();
OUTPUT @a TO @"@@out@@" USING Outputters.Csv(outputHeader: @@header@@);
"""


def test_names_become_paths_and_values_and_system_variables_stay():
    text = substitute(SCRIPT, {"in": "/data/raw", "out": "/data/ready.csv", "header": True})

    assert 'FROM "/data/raw/part.csv"' in text
    assert '@"/data/ready.csv" USING Outputters.Csv(outputHeader: true)' in text
    assert '@@FeaturePreviews = "x:on"' in text
    assert "// @@about@@" in text
    parse(text)


def test_the_names_that_a_script_asks_for():
    assert names_in(SCRIPT) == ("in", "out", "header")


def test_names_that_nothing_stands_for_are_told_with_their_lines():
    with pytest.raises(UsqlNameError) as caught:
        substitute(SCRIPT, {"out": "/x", "inp": "/y"}, name="step.usql")

    assert [(one.at.line, one.at.column, one.code) for one in caught.value.problems] == [
        (3, 26, "UNRESOLVED_PARAMETER"),
        (4, 60, "UNRESOLVED_PARAMETER"),
    ]
    assert "Did you mean @@inp@@?" in caught.value.message
    assert "step.usql" in caught.value.message


@pytest.mark.parametrize("value", ['x"; DROP TABLE T; //', "x\ny", "c:\\data\\"])
def test_a_value_cannot_end_the_string_in_which_it_stands(value: str):
    with pytest.raises(UsqlNameError, match="would end the string"):
        substitute('@a = EXTRACT a int FROM "@@in@@" USING Extractors.Csv();', {"in": value})


def test_a_value_may_hold_what_its_string_takes():
    assert substitute('@"@@p@@"', {"p": 'a""b\\c'}) == '@"a""b\\c"'
    assert substitute('"@@p@@"', {"p": 'a\\"b\\\\c'}) == '"a\\"b\\\\c"'
    assert substitute("@@p@@", {"p": '"x"'}) == '"x"'
