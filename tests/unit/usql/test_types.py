"""C#'s types: names, promotions and implicit conversions."""

import pytest

from lazulite.usql import types
from lazulite.usql.types import common, converts, of, promoted


@pytest.mark.parametrize(
    ("name", "shown", "duckdb"),
    [
        ("int", "int", "INTEGER"),
        ("System.Int32", "int", "INTEGER"),
        ("int?", "int?", "INTEGER"),
        ("string", "string", "VARCHAR"),
        ("DateTime?", "DateTime?", "BIGINT"),
        ("byte[]", "byte[]", "BLOB"),
        ("decimal", "decimal", "VARCHAR"),
    ],
)
def test_a_type_is_known_by_its_names(name, shown, duckdb):
    assert (str(of(name)), of(name).duckdb) == (shown, duckdb)


def test_a_name_that_is_no_type_is_refused():
    with pytest.raises(KeyError):
        of("integer")


def test_arrays_and_maps_are_duckdbs():
    assert types.map_of(of("string"), types.array_of(of("int"))).duckdb == "MAP(VARCHAR, INTEGER[])"


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [
        ("byte", "byte", "int"),
        ("short", "ushort", "int"),
        ("char", "int", "int"),
        ("int", "uint", "long"),
        ("uint", "ushort", "uint"),
        ("int", "long?", "long?"),
        ("long", "float", "float"),
        ("int", "decimal", "decimal"),
        ("ulong", "int", "None"),
        ("double", "decimal", "None"),
        ("string", "int", "None"),
    ],
)
def test_two_numbers_are_computed_in_the_type_that_csharp_takes(left, right, result):
    assert str(promoted(of(left), of(right))) == str(promoted(of(right), of(left))) == result


def test_null_and_narrow_values_convert_and_wide_ones_do_not():
    assert converts(of("int"), of("long?"))
    assert converts(types.NULL, of("int?"))
    assert not converts(types.NULL, of("int"))
    assert not converts(of("int?"), of("int"))
    assert not converts(of("long"), of("int"))
    assert str(common(of("int"), types.NULL)) == "int?"
    assert str(common(of("int?"), of("double"))) == "double?"
    assert common(of("int"), of("string")) is None
