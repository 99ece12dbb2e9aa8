"""The text of a script as tokens.

`[x]` is a quoted name where a name can begin and an index where a value has just ended; the token before decides.
A token that cannot be read (a string that never ends) is reported, and reading goes on behind it, so that one script
shows all its errors at once. Time is linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import ClassVar

from lazulite.usql.errors import SYNTAX, Problem, problem
from lazulite.usql.grammar import literals
from lazulite.usql.grammar.interpolation import interpolated
from lazulite.usql.grammar.tokens import BUILT_IN_TYPES, CSHARP_KEYWORDS, Kind, Token, reserved
from lazulite.usql.tree import Span

_BLANK = re.compile(r"(?:[\s\ufeff\u200b]+|//[^\r\n]*|/\*.*?\*/|#(?:region|endregion)\b[^\r\n]*)+", re.DOTALL)
_NAME = re.compile(r"[^\W\d]\w*")
_VARIABLE = re.compile(r"@(@?)([^\W\d]\w*|\[(?:[^\]\r\n]|\]\]){1,255}\])")
_QUOTED = re.compile(r"\[((?:[^\]\r\n]|\]\]){1,255})\](?!\])")  # bounded, so that `[[[[…` takes linear time
_INDEXED = re.compile(r"\[([^\]\r\n]{1,255})\]")  # `a[[b]]` is a[b]: no bracket is doubled there
_PLAIN_NAME = re.compile(r"[\w .-]+\Z")
_CODE = re.compile(r"#CS\b(.*?)#ENDCS\b", re.DOTALL)
_MARK = re.compile(
    r"=>|\?\.(?!\d)|\?\?|\?\[(?!\s*[\],])|::|==|!=|<=|>=|&&|\|\||<<=|<<|\+\+|--|\+=|-=|\*=|/=|%=|&=|\|=|\^=|[-+*/%=<>!&|^~?:;,.(){}\[\]]",
)
_NUMBER = re.compile(
    r"0[xX][0-9a-fA-F]+[uUlL]{0,2}|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?:[uU][lL]?|[lL][uU]?|[fFdDmM])?"
)
_STRING = re.compile(r'"((?:[^"\\\r\n]|\\.)*)"')
_VERBATIM = re.compile(r'@"((?:[^"]|"")*)"')
_CHAR = re.compile(r"'((?:[^'\\\r\n]|\\.)*)'")
_LINE_END = re.compile(r"\r\n|\r|\n")
# Behind these C# words an expression or type begins, so that `[` quotes a name.
_OPENING_WORDS = frozenset({"in", "is", "as", "return", "out", "ref", "case", "throw"})
# These are names too; with a blank between them and `[`, they are taken for words of a LINQ query.
_LINQ_WORDS = frozenset({"select", "where", "let", "by", "on", "equals", "orderby", "group"})
_VALUE_WORDS = frozenset({"new", "this", "base", "null", "true", "false"})
_VALUE_MARKS = frozenset({")", "]", "}", ">", "++", "--", "?"})


class Lexer:
    """Reads `text[start:end]`; positions are those in the whole text.

    Args:
        problems: where to put what is wrong.
    """

    def __init__(self, text: str, problems: list[Problem], start: int = 0, end: int | None = None) -> None:
        self.text = text
        self.problems = problems
        self.at = start
        self.end = len(text) if end is None else end
        self._last: Token | None = None
        self._behind_dot = False  # whether the last token is a member
        self._braces = 0
        self._indexes = 0
        self._lines: Lines | None = None
        self.interpolations = 0

    def tokens(self) -> list[Token]:
        """Read all tokens; the last one is END."""
        found = []
        while True:
            token = self._next()
            if token is None:
                continue
            found.append(token)
            self._behind_dot = self._last is not None and self._last.text in {".", "?."}
            self._last = token
            if token.kind is Kind.END:
                return found

    def _next(self) -> Token | None:
        """Read one token; None if there was only something that cannot be read."""
        blank = _BLANK.match(self.text, self.at, self.end)
        if blank:
            self.at = blank.end()
        if self.at >= self.end:
            return Token(Kind.END, "", self.end, self.end)
        first = self.text[self.at]
        if first.isalpha() or first == "_":
            return self._word()
        if first.isdigit() or (first == "." and self.text[self.at + 1 : self.at + 2].isdigit()):
            return self._number()
        reader = self._readers.get(first, Lexer._mark)
        return reader(self)

    def _word(self) -> Token | None:
        found = _NAME.match(self.text, self.at, self.end)
        return self._take(Kind.NAME, found.end(), found.group()) if found else self._strange()

    def _mark(self) -> Token | None:
        found = _MARK.match(self.text, self.at, self.end)
        if found is None:
            return self._strange()
        mark = found.group()
        if mark in "{}":
            self._braces += 1 if mark == "{" else -1
        elif mark in {"[", "?["}:
            self._indexes += 1
        elif mark == "]":
            self._indexes = max(0, self._indexes - 1)
        elif mark == ";" and self._braces <= 0:
            self._indexes = self._braces = 0
        touches = self.at > 0 and not self.text[self.at - 1].isspace()
        if mark == "?[" and not touches:  # `a?[0]` is an index, `a ?[b] : c` a choice
            return self._take(Kind.MARK, self.at + 1)
        return self._take(Kind.MARK, found.end())

    def _bracket(self) -> Token | None:
        return self._quoted_name() or self._mark()

    def _slash(self) -> Token | None:
        if not self.text.startswith("/*", self.at):
            return self._mark()
        self.wrong("this comment never ends", self.at, self.at + 2, "Write */ where it ends.")
        self.at = self.end
        return None

    def _take(self, kind: Kind, end: int, value: object = None) -> Token:
        start, self.at = self.at, end
        return Token(kind, self.text[start:end], start, end, value)  # type: ignore[arg-type]

    def _hash(self) -> Token | None:
        if not self.text.startswith("#CS", self.at):
            return self._strange()
        code = _CODE.match(self.text, self.at, self.end)
        if code is None:
            self.wrong("this #CS has no #ENDCS", self.at, self.at + 3)
            self.at = self.end
            return None
        return self._take(Kind.CODE, code.end(), code.group(1))

    def _dollar(self) -> Token | None:
        if not self.text.startswith(('$"', '$@"'), self.at):
            return self._strange()
        parts, end = interpolated(self, self.at)
        return self._take(Kind.INTERPOLATED, end, parts)

    def _string(self) -> Token | None:
        found = _STRING.match(self.text, self.at, self.end)
        if found is None:
            return self._unfinished(
                'this string has no closing "', 'Write @"…" for a string of several lines.'
            )
        return self._take(Kind.STRING, found.end(), self.decoded(found.group(1), self.at + 1))

    def _at_sign(self) -> Token | None:
        text, start = self.text, self.at
        if text.startswith('@"', start):
            found = _VERBATIM.match(text, start, self.end)
            if found is None:
                self.wrong(
                    'this string has no closing "', start, start + 2, 'A " inside of @"…" is written "".'
                )
                self.at = self.end
                return None
            return self._take(Kind.STRING, found.end(), found.group(1).replace('""', '"'))
        found = _VARIABLE.match(text, start, self.end)
        if found is None:
            return self._strange()
        name = found.group(2)
        if name.startswith("["):
            name = name[1:-1].replace("]]", "]")
        return self._take(Kind.SYSTEM if found.group(1) else Kind.VARIABLE, found.end(), name)

    def _character(self) -> Token | None:
        found = _CHAR.match(self.text, self.at, self.end)
        if found is None:
            return self._unfinished("this character has no closing '", "")
        value = self.decoded(found.group(1), self.at + 1)
        if len(value) != 1 or ord(value) > literals.LAST_UTF16_UNIT:
            hint = (
                'Single quotes hold one character; write a string with ".'
                if value
                else "Write '\\0' or \"\"."
            )
            self.wrong(f"'…' holds {len(value)} characters, not one", self.at, found.end(), hint)
            value = value[:1] if value and ord(value[0]) <= literals.LAST_UTF16_UNIT else "\0"
        return self._take(Kind.CHAR, found.end(), value)

    def _number(self) -> Token | None:
        found = _NUMBER.match(self.text, self.at, self.end)
        if found is None:  # a digit that is not ASCII
            return self._strange()
        kind, value = literals.number(found.group())
        if value is None and found.group()[:2] not in {"0x", "0X"}:
            self.wrong(
                "this number is too large",
                self.at,
                found.end(),
                "The largest integer is that of ulong; a decimal ends in m.",
            )
            value = 0
        token = self._take(Kind.NUMBER, found.end())
        return token._replace(value=value, literal=kind)

    def _quoted_name(self) -> Token | None:
        last = self._last
        if last is not None and not self._name_may_begin(last, apart=self.at > last.end):
            return None
        # Inside of an index no bracket is doubled: `a[[b]]` is a[b].
        found = (_INDEXED if self._indexes else _QUOTED).match(self.text, self.at, self.end)
        if found is None or found.group(1)[0] in "\"'@$" or not found.group(1).strip(", "):
            return None
        if last is not None and last.text == ")" and found.group(1).isdigit():
            return None  # `(a) [0]`
        if self._braces > 0 and last is not None and last.text in {"{", ","} and self._is_key(found):
            return None  # `{ [key] = value }`
        return self._take(Kind.QUOTED, found.end(), found.group(1).replace("]]", "]"))

    def _is_key(self, found: re.Match[str]) -> bool:
        rest = self.text[found.end() : found.end() + 4].lstrip()
        return not _PLAIN_NAME.match(found.group(1)) or (rest.startswith("=") and not rest.startswith("=="))

    def _name_may_begin(self, last: Token, *, apart: bool) -> bool:
        """Tell whether `[` behind `last` quotes a name; where that is open, blanks between the two say so."""
        if last.kind is Kind.MARK:
            return last.text not in _VALUE_MARKS or (apart and last.text in {">", "?", ")"})
        if last.kind is not Kind.NAME or self._behind_dot:
            return False
        if apart and last.text in _LINQ_WORDS:
            return True
        if last.text in BUILT_IN_TYPES or last.text in _VALUE_WORDS:
            return False
        return reserved(last.text) or last.text in _OPENING_WORDS or last.text in CSHARP_KEYWORDS

    def _unfinished(self, message: str, hint: str) -> Token | None:
        line_end = _LINE_END.search(self.text, self.at, self.end)
        end = line_end.start() if line_end else self.end
        self.wrong(message, self.at, end, hint)
        self.at = end
        return None

    def _strange(self) -> Token | None:
        self.wrong(f"{self.text[self.at]!r} does not belong here", self.at, self.at + 1)
        self.at += 1
        return None

    def wrong(self, message: str, start: int, end: int, hint: str = "") -> None:
        """Note that `text[start:end]` cannot be read."""
        if self._lines is None:
            self._lines = Lines(self.text)
        self.problems.append(problem(self.text, SYNTAX, message, self._lines.span(start, end), hint))

    def decoded(self, body: str, start: int) -> str:
        """Give the text that an ordinary string's `body`, which begins at `start`, stands for."""
        value, wrong = literals.decoded(body)
        for offset, escape in wrong:
            self.wrong(f"{escape} is no escape sequence", start + offset, start + offset + len(escape),
                        'Write \\\\ for a backslash, or @"…" for a string without escapes.')  # fmt: skip
        return value

    _readers: ClassVar[dict[str, Callable[[Lexer], Token | None]]] = {
        "[": _bracket,
        "/": _slash,
        "#": _hash,
        "$": _dollar,
        "@": _at_sign,
        '"': _string,
        "'": _character,
    }


class Lines:
    """Where the lines of a text begin."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def span(self, start: int, end: int) -> Span:
        """Give the place `start` to `end` with its line and column."""
        line = bisect_right(self._starts, start)
        return Span(line, start - self._starts[line - 1] + 1, start, end)
