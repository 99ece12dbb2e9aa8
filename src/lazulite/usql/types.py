"""The types of U-SQL, which are C#'s, and how DuckDB keeps their values.

Three are kept otherwise than their name suggests, because nothing in DuckDB holds all of their values:

- `DateTime` is a BIGINT of 100 ns ticks since 0001-01-01, as .NET keeps it;
- `decimal` is the VARCHAR that .NET would print, with its trailing zeros (28 digits, the scale belongs to the value);
- `char` is a USMALLINT, the UTF-16 code unit.

Everything else is DuckDB's own: integers by width, FLOAT, DOUBLE, VARCHAR, BOOLEAN, UUID, BLOB, lists and maps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

INTEGERS = {
    # name: (bits, signed, DuckDB's type)
    "sbyte": (8, True, "TINYINT"),
    "byte": (8, False, "UTINYINT"),
    "short": (16, True, "SMALLINT"),
    "ushort": (16, False, "USMALLINT"),
    "int": (32, True, "INTEGER"),
    "uint": (32, False, "UINTEGER"),
    "long": (64, True, "BIGINT"),
    "ulong": (64, False, "UBIGINT"),
}
REFERENCES = ("string", "byte[]", "SQL.ARRAY", "SQL.MAP", "null", "Match", "Group")

_DUCKDB = {name: duckdb for name, (_, _, duckdb) in INTEGERS.items()} | {
    "bool": "BOOLEAN",
    "char": "USMALLINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "decimal": "VARCHAR",
    "string": "VARCHAR",
    "DateTime": "BIGINT",
    "TimeSpan": "BIGINT",
    "Guid": "UUID",
    "byte[]": "BLOB",
    "null": "INTEGER",
    "DayOfWeek": "INTEGER",
    "StringSplitOptions": "INTEGER",
    "StringComparison": "INTEGER",
    "MidpointRounding": "INTEGER",
    "Match": "VARCHAR[]",
    "Group": "VARCHAR",
}
# The spellings of the same type: C#'s keyword, and .NET's name with and without its namespace.
_ALIASES = {
    "SByte": "sbyte", "Byte": "byte", "Int16": "short", "UInt16": "ushort", "Int32": "int", "UInt32": "uint",
    "Int64": "long", "UInt64": "ulong", "Single": "float", "Double": "double", "Decimal": "decimal",
    "Boolean": "bool", "Char": "char", "String": "string", "DateTime": "DateTime", "TimeSpan": "TimeSpan",
    "Guid": "Guid", "Byte[]": "byte[]",
}  # fmt: skip
# Where a value of the key may stand for one of the value without a cast (C# 6, section 6.1.2).
_WIDENS = {
    "sbyte": ("short", "int", "long", "float", "double", "decimal"),
    "byte": ("short", "ushort", "int", "uint", "long", "ulong", "float", "double", "decimal"),
    "short": ("int", "long", "float", "double", "decimal"),
    "ushort": ("int", "uint", "long", "ulong", "float", "double", "decimal"),
    "int": ("long", "float", "double", "decimal"),
    "uint": ("long", "ulong", "float", "double", "decimal"),
    "long": ("float", "double", "decimal"),
    "ulong": ("float", "double", "decimal"),
    "char": ("ushort", "int", "uint", "long", "ulong", "float", "double", "decimal"),
    "float": ("double",),
}


# Enumerations and helpers that exist in expressions only: no column has them.
_INNER = ("null", "DayOfWeek", "StringSplitOptions", "StringComparison", "MidpointRounding", "Match", "Group")


@dataclass(frozen=True)
class Type:
    """One type; `nullable` is C#'s question mark, always true for reference types.

    `element` is what an array holds or a map's values, `key` a map's keys.
    """

    name: str
    nullable: bool = False
    element: Type | None = None
    key: Type | None = None

    @property
    def duckdb(self) -> str:
        """The type of the column that holds it."""
        if self.name == "KeyValuePair" and self.key is not None and self.element is not None:
            return f'STRUCT("key" {self.key.duckdb}, "value" {self.element.duckdb})'
        if self.element is not None and self.key is not None:
            return f"MAP({self.key.duckdb}, {self.element.duckdb})"
        if self.element is not None:
            return f"{self.element.duckdb}[]"
        return _DUCKDB[self.name]

    @property
    def is_integer(self) -> bool:
        return self.name in INTEGERS

    @property
    def is_number(self) -> bool:
        return self.name in INTEGERS or self.name in {"float", "double", "decimal"}

    @property
    def is_reference(self) -> bool:
        return self.name in REFERENCES

    @property
    def or_null(self) -> Type:
        """The type that also holds null."""
        return replace(self, nullable=True)

    @property
    def not_null(self) -> Type:
        """The type under the question mark; reference types stay as they are."""
        return self if self.is_reference else replace(self, nullable=False)

    def __str__(self) -> str:
        if self.key is not None:
            return f"{self.name}<{self.key}, {self.element}>"
        if self.element is not None:
            return f"SQL.ARRAY<{self.element}>"
        return self.name + ("?" if self.nullable and not self.is_reference else "")


def of(name: str) -> Type:
    """The simple type with this C# or .NET name, a question mark at its end included.

    Raises `KeyError` for a name that is no type of U-SQL.
    """
    bare = name.strip().removeprefix("System.")
    nullable = bare.endswith("?")
    bare = bare.removesuffix("?")
    bare = _ALIASES.get(bare, bare)
    if bare not in _DUCKDB or bare in _INNER:
        raise KeyError(name)
    return Type(bare, nullable or bare in REFERENCES)


def array_of(element: Type) -> Type:
    return Type("SQL.ARRAY", nullable=True, element=element)


def map_of(key: Type, value: Type) -> Type:
    return Type("SQL.MAP", nullable=True, element=value, key=key)


def pair_of(key: Type, value: Type) -> Type:
    """`KeyValuePair<key, value>`, what a map consists of."""
    return Type("KeyValuePair", element=value, key=key)


BOOL, INT, LONG, DOUBLE = of("bool"), of("int"), of("long"), of("double")
STRING, CHAR, DATETIME, TIMESPAN, DECIMAL = (
    of("string"),
    of("char"),
    of("DateTime"),
    of("TimeSpan"),
    of("decimal"),
)
GUID, BYTES, NULL = of("Guid"), of("byte[]"), Type("null", nullable=True)


def converts(source: Type, target: Type) -> bool:
    """Whether C# takes a value of `source` where a `target` is wanted, without a cast."""
    if source.name == "null":
        return target.nullable
    if source.nullable and not target.nullable:
        return False
    if source.element is not None or target.element is not None:
        return (source.name, source.element, source.key) == (target.name, target.element, target.key)
    return source.name == target.name or target.name in _WIDENS.get(source.name, ())


def promoted(left: Type, right: Type) -> Type | None:
    """The type in which C# computes with two numbers (binary numeric promotion); None where it refuses.

    `byte + byte` is an int, `int + uint` a long, `long + ulong` and `decimal + double` are refused.
    """
    names = {"int" if each.name == "char" else each.name for each in (left, right)}
    nullable = left.nullable or right.nullable
    if not all(each.is_number or each.name == "char" for each in (left, right)):
        return None
    return _promoted_name(names, nullable)


def _promoted_name(names: set[str], nullable: bool) -> Type | None:
    if "decimal" in names:
        return None if names & {"float", "double"} else Type("decimal", nullable)
    for name in ("double", "float"):
        if name in names:
            return Type(name, nullable)
    if "ulong" in names:
        return None if names & {"sbyte", "short", "int", "long"} else Type("ulong", nullable)
    if "long" in names or ("uint" in names and names & {"sbyte", "short", "int"}):
        return Type("long", nullable)
    return Type("uint" if "uint" in names else "int", nullable)


def common(left: Type, right: Type) -> Type | None:
    """The one type of `a ? left : right`, of `left ?? right` and of two rows' same column; None where there is none."""
    if left.name == "null":
        return right.or_null
    if right.name == "null":
        return left.or_null
    nullable = left.nullable or right.nullable
    for one, other in ((left, right), (right, left)):
        wanted = replace(other, nullable=nullable)
        if converts(one, wanted):
            return wanted
    return None
