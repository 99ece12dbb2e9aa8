"""Interpolated strings: where their holes begin and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazulite.usql.grammar.tokens import HoleToken

if TYPE_CHECKING:
    from lazulite.usql.grammar.lexer import Lexer

_DEEPEST = 10  # strings in the holes of strings
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def interpolated(lexer: Lexer, start: int) -> tuple[tuple[str | HoleToken, ...], int]:
    """Read `$"…"` or `$@"…"` that begins at `start`.

    Returns:
        its texts, decoded, and holes; and where it ends.
    """
    text = lexer.text
    verbatim = text.startswith("$@", start)
    at = begun = start + (3 if verbatim else 2)
    parts: list[str | HoleToken] = []
    written: list[str] = []

    def flush(until: int) -> None:
        written.append(text[begun:until])
        body = "".join(written)
        written.clear()
        if body:
            parts.append(body.replace('""', '"') if verbatim else lexer.decoded(body, begun))

    while at < lexer.end:
        character = text[at]
        if text.startswith(("{{", "}}"), at):
            written.append(text[begun : at + 1])
            at = begun = at + 2
        elif verbatim and text.startswith('""', at):
            at += 2
        elif character == '"':
            flush(at)
            return tuple(parts), at + 1
        elif character == "\\" and not verbatim:
            at += 2
        elif character in "\r\n" and not verbatim:
            break
        elif character == "{":
            flush(at)
            hole, at = _hole(lexer, at)
            parts.append(hole)
            begun = at
        else:
            at += 1
    lexer.wrong('this interpolated string has no closing "', start, start + 2)
    flush(min(at, lexer.end))
    return tuple(parts), min(at, lexer.end)


def _hole(lexer: Lexer, opening: int) -> tuple[HoleToken, int]:
    """Read `{expression,alignment:format}`; brackets and strings inside of the expression are passed over."""
    text, at = lexer.text, opening + 1
    waiting: list[str] = []
    comma = colon = -1
    while at < lexer.end:
        character = text[at]
        if colon >= 0 and character != "}":
            at += 1
            continue
        if waiting and character == waiting[-1]:
            waiting.pop()
        elif character in _CLOSING:
            waiting.append(_CLOSING[character])
        elif character in "\"'":
            at = _past_string(lexer, at)
            continue
        elif character in "\r\n" or (character == ";" and not waiting):
            break
        elif not waiting and character == "}":
            return _made(text, (opening, comma, colon, at)), at + 1
        elif not waiting and character == "," and comma < 0:
            comma = at
        elif not waiting and character == ":" and text[at : at + 2] != "::":
            colon = at
        at += 1
    lexer.wrong(
        "this { of an interpolated string is never closed",
        opening,
        opening + 1,
        "Write {{ for a brace that is text.",
    )
    return HoleToken(at, at, None, None), at


def _made(text: str, marks: tuple[int, int, int, int]) -> HoleToken:
    opening, comma, colon, closing = marks
    end = colon if colon >= 0 else closing
    return HoleToken(
        opening + 1,
        comma if comma >= 0 else end,
        (comma + 1, end) if comma >= 0 else None,
        text[colon + 1 : closing] if colon >= 0 else None,
    )


def _past_string(lexer: Lexer, at: int) -> int:
    """Give the index behind the string or character that begins at `at`."""
    text, end, quote = lexer.text, lexer.end, lexer.text[at]
    verbatim = at > 0 and text[at - 1] == "@"
    begin = at - (2 if verbatim else 1)
    if quote == '"' and begin >= 0 and text[begin] == "$":
        lexer.interpolations += 1
        behind = interpolated(lexer, begin)[1] if lexer.interpolations < _DEEPEST else end
        lexer.interpolations -= 1
        return behind
    at += 1
    while at < end:
        if text[at] == quote:
            if not (verbatim and text.startswith('""', at)):
                return at + 1
            at += 1
        elif text[at] == "\\" and not verbatim:
            at += 1
        at += 1
    return end
