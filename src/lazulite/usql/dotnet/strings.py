"""Strings as .NET has them: UTF-16 units, and the comparisons of a culture (en-US) where .NET uses one.

A culture compares letters first, then accents, then case (small before capital), and passes over characters that are
not seen. This is done here by Unicode's decomposition; it agrees with .NET on text of European languages, and is not a
whole collation.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_IGNORED = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


class ArgumentOutOfRange(ValueError):
    def __init__(self, what: str) -> None:
        super().__init__(f"{what} (ArgumentOutOfRangeException)")


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _text(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")


def length(text: str) -> int:
    return len(_units(text)) // 2


def substring(text: str, start: int, count: int) -> str:
    """`Substring(start, count)`; `count` -1 is all of the rest."""
    units = _units(text)
    size = len(units) // 2
    if not 0 <= start <= size:
        raise ArgumentOutOfRange(f"Substring: the start {start} is outside a string of {size} characters")
    end = size if count == -1 else start + count
    if not start <= end <= size:
        raise ArgumentOutOfRange(
            f"Substring: {count} characters from {start} are more than a string of {size} has"
        )
    return _text(units[start * 2 : end * 2])


def unit_at(text: str, index: int) -> int:
    units = _units(text)
    if not 0 <= index < len(units) // 2:
        raise ArgumentOutOfRange(f"the index {index} is outside a string of {len(units) // 2} characters")
    return int.from_bytes(units[index * 2 : index * 2 + 2], "little")


def index_of(text: str, part: str, start: int, ordinal: bool) -> int:
    """`IndexOf(part, start)` in UTF-16 units; -1 where it is not. A culture has é in one character and in two as one."""
    size = length(text)
    if not 0 <= start <= size:
        raise ArgumentOutOfRange(f"IndexOf: the start {start} is outside a string of {size} characters")
    offset = len(_text(_units(text)[: start * 2]))
    found = text.find(part, offset) if ordinal else _found(text, part, offset)
    return -1 if found < 0 else length(text[:found])


def last_index_of(text: str, part: str, ordinal: bool) -> int:
    found = text.rfind(part) if ordinal else _found(text, part, 0, last=True)
    return -1 if found < 0 else length(text[:found])


def upper(text: str) -> str:
    return "".join(each if len(each.upper()) > 1 else each.upper() for each in text)


def lower(text: str) -> str:
    return "".join(each if len(each.lower()) > 1 else each.lower() for each in text)


def _blank(character: str) -> bool:
    return character.isspace() and character not in "\x1c\x1d\x1e\x1f"


def trim(text: str, characters: str, ends: str) -> str:
    """`Trim`, `TrimStart`, `TrimEnd`; without characters all white space goes. `ends` is "both", "start" or "end"."""
    begin, end = 0, len(text)
    gone = (lambda each: each in characters) if characters else _blank
    while ends != "end" and begin < end and gone(text[begin]):
        begin += 1
    while ends != "start" and end > begin and gone(text[end - 1]):
        end -= 1
    return text[begin:end]


def is_blank(text: str | None) -> bool:
    """`IsNullOrWhiteSpace`."""
    return text is None or all(_blank(each) for each in text)


def split(text: str, separators: list[str], count: int, drop_empty: bool) -> list[str]:
    """`Split`; without separators at white space. `count` -1 is no limit."""
    pieces = [""]
    position = 0
    marks = [each for each in separators if each]
    while position < len(text):
        mark = next((each for each in marks if text.startswith(each, position)), None)
        if not marks and _blank(text[position]):
            mark = text[position]
        full = count >= 0 and len([each for each in pieces if each or not drop_empty]) >= count
        if mark is None or (full and not (drop_empty and not pieces[-1])):
            pieces[-1] += text[position]
            position += 1
        else:
            pieces.append("")
            position += len(mark)
    if count == 0:
        return []
    return [each for each in pieces if each] if drop_empty else pieces


def pad(text: str, width: int, unit: int, left: bool) -> str:
    fill = chr(unit) * max(width - length(text), 0)
    return fill + text if left else text + fill


def insert(text: str, index: int, part: str) -> str:
    return substring(text, 0, index) + part + substring(text, index, -1)


def remove(text: str, start: int, count: int) -> str:
    if count == -1:
        return substring(text, 0, start)
    substring(text, start, count)
    return substring(text, 0, start) + substring(text, start + count, -1)


def replace(text: str | None, old: str | None, new: str | None) -> str | None:
    if text is None:
        return None
    if not old:
        raise ValueError("Replace: the text to be replaced is empty (ArgumentException)")
    return text.replace(old, new or "")


# --- cultures --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def culture_key(text: str) -> tuple[str, str, str]:
    """What a culture compares: letters, then accents, then case."""
    parts = unicodedata.normalize("NFD", text.translate(_IGNORED))
    letters = "".join(each for each in parts if not unicodedata.combining(each))
    accents = "".join(each if unicodedata.combining(each) else " " for each in parts)
    return "".join(_weight(each) for each in letters.casefold()), accents, letters.swapcase()


def _weight(letter: str) -> str:
    # Punctuation before digits, digits before letters.
    order = "0" if not letter.isalnum() else "1" if letter.isdigit() else "2"
    return order + letter


def compare(left: str | None, right: str | None, ignore_case: bool) -> int:
    """`string.Compare`: -1, 0 or 1; null is before everything."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    one, other = culture_key(left), culture_key(right)
    if ignore_case:
        one, other = (*one[:2], ""), (*other[:2], "")
    return (one > other) - (one < other)


def compare_ordinal(left: str | None, right: str | None) -> int:
    if left is None or right is None:
        return (left is not None) - (right is not None)
    one, other = left.encode("utf-16-be", "surrogatepass"), right.encode("utf-16-be", "surrogatepass")
    return (one > other) - (one < other)


def _composed(text: str) -> str:
    """What a culture sees of a text: each letter with its accents in one character."""
    return unicodedata.normalize("NFC", text.translate(_IGNORED))


def _found(text: str, part: str, offset: int, last: bool = False) -> int:
    """The place of the first or last `part`, as a culture sees both, from `offset` on."""
    wanted = _composed(part)
    if wanted and _composed(text) == text:
        return text.rfind(wanted, offset) if last else text.find(wanted, offset)
    letters: list[tuple[int, str]] = []
    for place, character in enumerate(text[offset:], offset):
        if letters and unicodedata.combining(character):
            letters[-1] = (letters[-1][0], letters[-1][1] + character)
        elif ord(character) not in _IGNORED:
            letters.append((place, character))
    seen = [(place, each) for place, letter in letters for each in unicodedata.normalize("NFC", letter)]
    if not wanted:
        return len(text) if last else offset
    whole = "".join(each for _, each in seen)
    found = whole.rfind(wanted) if last else whole.find(wanted)
    return -1 if found < 0 else seen[found][0]


def starts(text: str, part: str, end: bool, ignore_case: bool) -> bool:
    """`StartsWith` and `EndsWith` in a culture: what is not seen is passed over."""
    one, other = _composed(text), _composed(part)
    if ignore_case:
        one, other = upper(one), upper(other)
    return one.endswith(other) if end else one.startswith(other)


def like(text: str | None, pattern: str | None, escape: str | None) -> bool:
    """`text LIKE pattern`: `%`, `_`, `[a-f]`, `[^x]`, compared by code; false for null."""
    if text is None or pattern is None:
        return False
    return _like(pattern, escape).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _like(pattern: str, escape: str | None) -> re.Pattern[str]:
    expression, position = "", 0
    while position < len(pattern):
        character = pattern[position]
        if character == escape:
            position += 1
            expression += re.escape(pattern[position : position + 1])
        elif character == "[" and "]" in pattern[position + 2 :]:
            end = pattern.index("]", position + 2)
            body = pattern[position + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            expression += f"[{body}]"
            position = end
        else:
            expression += {"%": ".*", "_": "."}.get(character) or re.escape(character)
        position += 1
    return re.compile(expression, re.DOTALL)
