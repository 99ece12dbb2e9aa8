"""What can be wrong with a U-SQL script, as one tree; each error carries all problems found, each with its place.

    LazuliteError
    └── InvalidRequest
        └── UsqlError                the script cannot be used; `problems` says why, with line, column and excerpt
            ├── UsqlSyntaxError      it cannot be read (E_CSC_USER_SYNTAXERROR and its kin)
            ├── UsqlNameError        it names what is not there, or is there already (tables, columns, @@names@@ …)
            ├── UsqlTypeError        an expression's types do not go together
            └── UsqlNotSupported     it is valid U-SQL that this engine refuses, with the way out

Codes are Microsoft's where they are documented. What goes wrong with the data while a script runs is in `failures`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from lazulite.model.errors import InvalidRequest
from lazulite.usql.tree import Span

SYNTAX = "E_CSC_USER_SYNTAXERROR"
RESERVED_WORD = "E_CSC_USER_RESERVEDKEYWORDASIDENTIFIER"
UNKNOWN_OBJECT = "E_CSC_USER_DDLENTITYDOESNOTEXIST"
KNOWN_OBJECT = "E_CSC_USER_DDLENTITYALREADYEXISTS"
NOT_CONSTANT = "E_CSC_USER_EXPRESSIONNOTCONSTANTFOLDABLE"
UNRESOLVED_PARAMETER = "UNRESOLVED_PARAMETER"

_WIDEST = 100
_LONGEST_CARET = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Args:
        code: Microsoft's name of the error, or one of ours without the prefix E_.
        message: what is there and what was expected.
        at: where, in the script's text.
        hint: what to write instead; empty if nothing is known.
        excerpt: the line with a caret below the place.
    """

    code: str
    message: str
    at: Span
    hint: str = ""
    excerpt: str = ""

    def __str__(self) -> str:
        head = f"line {self.at.line}, column {self.at.column}: {self.code}: {self.message}"
        return "\n".join(part for part in (head, self.excerpt, self.hint) if part)


def problem(text: str, code: str, message: str, at: Span, hint: str = "") -> Problem:
    """Give a problem at a place of `text`, with its excerpt."""
    return Problem(code, message, at, hint, excerpt(text, at) if at.line else "")


def excerpt(text: str, at: Span) -> str:
    """Give the line of `text` at a place, cut if it is long, with a caret under what is meant.

    3 | FROM @log WERE Region == "en-gb"
      |           ^^^^
    """
    start = at.start - (at.column - 1)
    end = min(
        (found for found in (text.find(mark, at.start) for mark in "\r\n") if found >= 0), default=len(text)
    )
    line = text[start:end]
    offset = at.column - 1
    cut = max(0, offset - _WIDEST // 2) if len(line) > _WIDEST else 0
    shown = ("…" if cut else "") + line[cut : cut + _WIDEST] + ("…" if len(line) > cut + _WIDEST else "")
    before = offset - cut + bool(cut)
    width = max(1, min(at.end, end) - at.start, 1)
    number = str(at.line)
    # Every character that is not printed as one cell is shown as a blank, so that the caret stands below it.
    flat = "".join(character if character.isprintable() else " " for character in shown)
    caret = "^" * min(width, _LONGEST_CARET, max(1, len(flat) - before))
    return f"  {number} | {flat}\n  {' ' * len(number)} | {' ' * before}{caret}"


class UsqlError(InvalidRequest):
    """A script cannot be used. `problems` holds each reason in the order of the text.

    Args:
        problems: at least one.
        script: the script's name, for the message; empty where there is none.
    """

    code: ClassVar[str] = "UsqlError"

    def __init__(self, problems: Iterable[Problem], *, script: str = "") -> None:
        found = tuple(problems)
        head = f"{script or 'The U-SQL script'} has {len(found)} errors:\n" if len(found) > 1 else ""
        name = f"{script}: " if script and len(found) == 1 else ""
        super().__init__(
            head + name + "\n".join(str(one) for one in found),
            script=script,
            problems=[
                {"code": one.code, "message": one.message, "line": one.at.line, "column": one.at.column}
                for one in found
            ],
        )
        self.problems = found


class UsqlSyntaxError(UsqlError):
    code = "UsqlSyntaxError"


class UsqlNameError(UsqlError):
    code = "UsqlNameError"


class UsqlTypeError(UsqlError):
    code = "UsqlTypeError"


class UsqlNotSupported(UsqlError):
    code = "UsqlNotSupported"
