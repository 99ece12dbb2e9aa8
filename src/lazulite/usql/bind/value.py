"""What an expression is bound to: SQL, its C# type, and whether it is a constant."""

from __future__ import annotations

from dataclasses import dataclass

from lazulite.usql.errors import Problem, UsqlError, UsqlNameError, UsqlNotSupported, UsqlTypeError, problem
from lazulite.usql.tree import Span
from lazulite.usql.types import Type

# Microsoft's names for what a binder finds.
TYPE_MISMATCH = "E_CSC_USER_INVALIDTYPEINEXPRESSION"
UNKNOWN_COLUMN = "E_CSC_USER_COLUMNNOTFOUND"
UNSUPPORTED = "NOT_SUPPORTED"


@dataclass(frozen=True)
class Value:
    """A bound expression.

    Args:
        sql: DuckDB's expression; NULL only if `type` is nullable.
        number: the value of a constant of an integer type, which C# converts more freely than others.
        constant: whether no column is in it.
    """

    sql: str
    type: Type
    number: int | None = None
    constant: bool = False


class Wrong(Exception):
    """Something in a script that cannot be bound; becomes a `UsqlError` with the script's text (`as_error`)."""

    def __init__(self, kind: type[UsqlError], code: str, message: str, at: Span, hint: str = "") -> None:
        super().__init__(message)
        self.kind, self.code, self.message, self.at, self.hint = kind, code, message, at, hint

    def as_error(self, text: str, script: str = "") -> UsqlError:
        """The error that a user sees, with the place in `text`."""
        found: Problem = problem(text, self.code, self.message, self.at, self.hint)
        return self.kind([found], script=script)


def wrong_type(message: str, at: Span, hint: str = "") -> Wrong:
    return Wrong(UsqlTypeError, TYPE_MISMATCH, message, at, hint)


def unknown(message: str, at: Span, hint: str = "", code: str = UNKNOWN_COLUMN) -> Wrong:
    return Wrong(UsqlNameError, code, message, at, hint)


def unsupported(message: str, at: Span, hint: str = "") -> Wrong:
    return Wrong(UsqlNotSupported, UNSUPPORTED, message, at, hint)


def key_of(sql: str, type_: Type) -> str:
    """SQL of what is the same for values that are equal: decimals are texts, and `1.0` is equal to `1.00`."""
    return f"usql_decimal_key({sql})" if type_.name == "decimal" else sql


def null_checked(value: Value, result: str) -> str:
    """SQL of `result`, which needs `value`: a method on null fails, as C# fails with a NullReferenceException."""
    if not value.type.nullable or value.constant:
        return result
    return f"CASE WHEN {value.sql} IS NULL THEN error('a member of null is used (NullReferenceException)') ELSE {result} END"
