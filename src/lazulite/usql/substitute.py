"""`@@name@@` in a script, which Azure ML replaces before the script is U-SQL.

The name of an input or output stands for its path, that of a parameter for its value. The replacement is one of
text, as it was there; what it was not there: a name that nothing stands for is an error with its line before anything
runs, and a value cannot end the string in which it stands, so that whoever gives a value gives no statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from lazulite.usql.errors import UNRESOLVED_PARAMETER, Problem, UsqlNameError, problem
from lazulite.usql.grammar.lexer import Lines

ENDS_STRING = "PARAMETER_ENDS_STRING"
# A name, or what may hold one: comments and strings. `@@x` without the second @@ is U-SQL's system variable.
_PIECE = re.compile(
    r'(?P<comment>//[^\r\n]*|/\*.*?(?:\*/|\Z))|(?P<verbatim>@"(?:[^"]|"")*"?)'
    r'|(?P<string>"(?:[^"\\\r\n]|\\.)*"?)|(?P<character>\'(?:[^\'\\\r\n]|\\.)*\'?)|(?P<bare>@@[^\W\d][\w.-]*@@)',
    re.DOTALL,
)
_NAME = re.compile(r"@@([^\W\d][\w.-]*)@@")


def substitute(text: str, values: Mapping[str, object], *, name: str = "") -> str:
    """Replace every `@@name@@` of a script.

    Args:
        text: the script as it is written.
        values: paths by the names of inputs and outputs, and values by the names of parameters; True and False are
            written as C# has them, everything else as `str` gives it.
        name: what the script is called in messages.

    Returns:
        the script that is U-SQL. In comments only names that are known are replaced.

    Raises:
        UsqlNameError: a name is not in `values`, or its value would end the string in which it stands;
            all of them, each with its line.
    """
    work = _Substitution(text, values)
    found = _PIECE.sub(work.piece, text)
    if work.problems:
        raise UsqlNameError(work.problems, script=name)
    return found


def names_in(text: str) -> tuple[str, ...]:
    """Give the names that a script asks for, each once, in the order of the text; those in comments are not asked for."""
    found: dict[str, None] = {}
    for piece in _PIECE.finditer(text):
        if piece.lastgroup != "comment":
            found.update(dict.fromkeys(_NAME.findall(piece.group())))
    return tuple(found)


class _Substitution:
    def __init__(self, text: str, values: Mapping[str, object]) -> None:
        self.text = text
        self.values = values
        self.problems: list[Problem] = []
        self._lines: Lines | None = None

    def piece(self, piece: re.Match[str]) -> str:
        kind = piece.lastgroup or ""
        return _NAME.sub(lambda found: self._value(found, piece.start(), kind), piece.group())

    def _value(self, found: re.Match[str], start: int, kind: str) -> str:
        key = found.group(1)
        if key not in self.values:
            if kind != "comment":
                self._unknown(key, start + found.start(), start + found.end())
            return found.group()
        value = self.values[key]
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if _ends(text, kind):
            self._wrong(
                ENDS_STRING,
                f"the value of @@{key}@@ would end the {'comment' if kind == 'comment' else 'string'} in which it stands",
                start + found.start(),
                start + found.end(),
                f'It is {text!r}. Give it without quotes and line ends, or with \\" for a quote.',
            )
        return text

    def _unknown(self, key: str, start: int, end: int) -> None:
        near = get_close_matches(key, self.values, 1)
        known = ", ".join(sorted(self.values)) or "none"
        hint = f"Did you mean @@{near[0]}@@? " if near else ""
        message = f"@@{key}@@ is not the name of an input, an output or a parameter of this step"
        self._wrong(UNRESOLVED_PARAMETER, message, start, end, f"{hint}There are: {known}.")

    def _wrong(self, code: str, message: str, start: int, end: int, hint: str) -> None:
        if self._lines is None:
            self._lines = Lines(self.text)
        self.problems.append(problem(self.text, code, message, self._lines.span(start, end), hint))


_WITHOUT_ESCAPES = re.compile(r"\\.", re.DOTALL)


def _ends(value: str, kind: str) -> bool:
    """Tell whether a value ends the piece of text in which it is put."""
    if kind == "comment":
        return any(mark in value for mark in ("*/", "\n", "\r"))
    if kind == "verbatim":
        return '"' in value.replace('""', "")
    if kind in {"string", "character"}:
        plain = _WITHOUT_ESCAPES.sub("", value)
        return any(mark in plain for mark in ('"' if kind == "string" else "'", "\n", "\r", "\\"))
    return False
