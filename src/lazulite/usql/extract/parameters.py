"""The parameters of `Extractors.Csv`, `Tsv` and `Text`, checked as U-SQL checks them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lazulite.usql.failures import UsqlRuntimeError
from lazulite.usql.types import Type

# .NET's names of the encodings, in lower case, and Python's.
_ENCODINGS = {
    "utf8": "utf-8", "utf-8": "utf-8", "ascii": "ascii", "us-ascii": "ascii", "utf7": "utf-7", "utf-7": "utf-7",
    "unicode": "utf-16-le", "utf-16": "utf-16-le", "bigendianunicode": "utf-16-be", "unicodefffe": "utf-16-be",
    "utf-16be": "utf-16-be", "utf32": "utf-32-le", "utf-32": "utf-32-le", "iso-8859-1": "latin-1", "latin1": "latin-1",
}  # fmt: skip
_CODE_PAGE = re.compile(r"(?:windows-|cp)?(125[0-8])")
_BOMS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
}


def encoding_named(name: str) -> str:
    """Python's name of the encoding that .NET calls `name` (`UTF8`, `Unicode`, `Windows-1252`, `1252` …)."""
    wanted = name.lower().removeprefix("encoding.").strip("[]")
    page = _CODE_PAGE.fullmatch(wanted)
    if page:
        return f"cp{page[1]}"
    if wanted not in _ENCODINGS:
        raise UsqlRuntimeError(
            f"encoding {name!r} is not one that U-SQL knows: UTF8, [ASCII], Unicode, BigEndianUnicode, UTF7, UTF32, "
            "or Encoding.GetEncoding with Windows-1250 to Windows-1258"
        )
    return _ENCODINGS[wanted]


@dataclass(frozen=True)
class Column:
    """One column of an EXTRACT: its name as written, and its type."""

    name: str
    type: Type


@dataclass(frozen=True)
class TextFormat:
    """How a text file is cut into fields; one field for each parameter of `Extractors.Text`.

    `row_delimiter` None is the default: CR, LF and CRLF each end a row. `empty_is_null` is what
    `SET @@InternalDebug = "EmptyStringAsNullWhenQuoting:on"` asks for.
    """

    delimiter: str = ","
    row_delimiter: str | None = None
    quoting: bool = True
    escape: str | None = None
    null_escape: str | None = None
    encoding: str = "utf-8"
    skip_rows: int = 0
    silent: bool = False
    char_as_text: bool = False
    empty_is_null: bool = False

    def __post_init__(self) -> None:
        for parameter, value in (
            ("delimiter", self.delimiter),
            ("escapeCharacter", self.escape),
            ("rowDelimiter", self.row_delimiter),
        ):
            if (
                value is not None
                and len(value) != 1
                and not (parameter == "rowDelimiter" and value == "\r\n")
            ):
                raise UsqlRuntimeError(f"{parameter} is one character, not {value!r}")
        if self.skip_rows < 0:
            raise UsqlRuntimeError(f"skipFirstNRows is a number of rows from 0, not {self.skip_rows}")

    @property
    def bom(self) -> bytes:
        """The byte-order mark that may stand before the first row of a file in this encoding."""
        return _BOMS.get(self.encoding, b"")


def text_format(kind: str, given: Mapping[str, object]) -> TextFormat:
    """The format of `Extractors.<kind>(…)` with the parameters given by name (U-SQL's spelling, values as Python's).

    Raises `UsqlRuntimeError` for a kind or a parameter that U-SQL does not have.
    """
    separators = {"Csv": ",", "Tsv": "\t", "Text": ","}
    if kind not in separators:
        raise UsqlRuntimeError(f"Extractors.{kind} is not built in; there are Extractors.Csv, .Tsv and .Text")
    values: dict[str, object] = {"delimiter": separators[kind]}
    for parameter, value in given.items():
        if parameter not in _FIELDS or (parameter == "delimiter" and kind != "Text"):
            known = ", ".join(each for each in _FIELDS if each != "delimiter" or kind == "Text")
            raise UsqlRuntimeError(f"Extractors.{kind} has no parameter {parameter!r}; it has {known}")
        if value is not None:
            values[_FIELDS[parameter]] = value
    if "encoding" in values:
        values["encoding"] = encoding_named(str(values["encoding"]))
    if "char_as_text" in values:
        values["char_as_text"] = values["char_as_text"] == "string"
    return TextFormat(**values)  # type: ignore[arg-type]


_FIELDS = {
    "delimiter": "delimiter",
    "rowDelimiter": "row_delimiter",
    "quoting": "quoting",
    "escapeCharacter": "escape",
    "nullEscape": "null_escape",
    "encoding": "encoding",
    "skipFirstNRows": "skip_rows",
    "silent": "silent",
    "charFormat": "char_as_text",
}
