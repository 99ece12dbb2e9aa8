"""A command line as text: whether it needs a shell, and how placeholders stand in it safely."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

#: Words that only a shell knows, or that mean something else as a program.
_BUILT_IN = re.compile(
    r"\.|:|alias|cd|command|eval|exec|exit|export|read|return|set|shift|source|trap|ulimit|umask|unset|wait"
)
_NAME = r"(?:AZUREML_DATAREFERENCE|AML_PARAMETER)_\w+"
_OPERATORS = frozenset("|&;<>()`\n$*?[")
_ACTIVE_IN_DOUBLE_QUOTES = frozenset("`$")


def needs_shell(text: str) -> bool:
    """Whether a shell would read the text as more than a program and its arguments.

    Operators, expansions, patterns, assignments and built-in commands count where they are not quoted; placeholders
    for data and parameters do not.
    """
    plain = _placeholders(()).sub("x", text)
    first = plain.split(maxsplit=1)[0] if plain.strip() else ""
    if _BUILT_IN.fullmatch(first) or re.match(r"[A-Za-z_]\w*=", first):
        return True
    return any(
        (quote == "" and character in _OPERATORS)
        or (quote == '"' and character in _ACTIVE_IN_DOUBLE_QUOTES)
        or (quote == "" and character in "~#" and (index == 0 or plain[index - 1].isspace()))
        for index, character, quote in _with_quotes(plain)
    )


def words(text: str) -> list[str]:
    """Return the words of a command line that needs no shell.

    Raises:
        ValueError: a quote is not closed.
    """
    return shlex.split(text)


def shell_text(text: str, variables: Iterable[str] = ()) -> str:
    """Return shell text in which every placeholder is a quoted variable, so that a path with a space stays one word.

    The shell puts the values in, whatever quotes the author wrote around them. `variables` are the placeholders'
    names, without `$`, that the step has; text may follow one directly.
    """
    quotes = {index: quote for index, _, quote in _with_quotes(text)}

    def variable(found: re.Match[str]) -> str:
        name = found[0].strip("${}")
        quote = quotes.get(found.start(), "")
        if quote == '"':
            return f"${{{name}}}"
        return f"'\"${{{name}}}\"'" if quote == "'" else f'"${{{name}}}"'

    return _placeholders(variables).sub(variable, text)


def _placeholders(variables: Iterable[str]) -> re.Pattern[str]:
    names = "|".join([*sorted(map(re.escape, variables), key=len, reverse=True), _NAME])
    return re.compile(rf"\$\{{(?:{names})\}}|\$(?:{names})")


def _with_quotes(text: str) -> list[tuple[int, str, str]]:
    """Every character that is neither escaped nor a quote mark, with its index and the quote it stands in."""
    found: list[tuple[int, str, str]] = []
    quote = ""
    index = 0
    while index < len(text):
        character = text[index]
        if character == "\\" and quote != "'":
            index += 2
            continue
        if character in ("'", '"') and quote in ("", character):
            quote = "" if quote else character
        else:
            found.append((index, character, quote))
        index += 1
    return found
