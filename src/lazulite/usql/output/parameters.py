"""The parameters of `Outputters.Csv`, `Tsv` and `Text`, checked as U-SQL checks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lazulite.usql.dotnet import dates
from lazulite.usql.extract.parameters import encoding_named
from lazulite.usql.failures import UsqlRuntimeError


@dataclass(frozen=True)
class OutputFormat:
    """How a rowset becomes text; one field for each parameter of `Outputters.Text`."""

    delimiter: str = ","
    row_delimiter: str = "\r\n"
    quoting: bool = True
    escape: str | None = None
    null_escape: str | None = None
    encoding: str = "utf-8"
    header: bool = False
    date_format: str = "O"
    char_as_text: bool = False

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
        try:
            dates.format_(0, self.date_format)
        except ValueError as wrong:
            raise UsqlRuntimeError(f"dateTimeFormat: {wrong}") from None


_FIELDS = {
    "delimiter": "delimiter",
    "rowDelimiter": "row_delimiter",
    "quoting": "quoting",
    "escapeCharacter": "escape",
    "nullEscape": "null_escape",
    "encoding": "encoding",
    "outputHeader": "header",
    "dateTimeFormat": "date_format",
    "charFormat": "char_as_text",
}


def output_format(kind: str, given: Mapping[str, object]) -> OutputFormat:
    """The format of `Outputters.<kind>(…)` with the parameters given by name.

    Raises `UsqlRuntimeError` for a kind or a parameter that U-SQL does not have.
    """
    separators = {"Csv": ",", "Tsv": "\t", "Text": ","}
    if kind not in separators:
        raise UsqlRuntimeError(f"Outputters.{kind} is not built in; there are Outputters.Csv, .Tsv and .Text")
    values: dict[str, object] = {"delimiter": separators[kind]}
    for parameter, value in given.items():
        if parameter not in _FIELDS or (parameter == "delimiter" and kind != "Text"):
            known = ", ".join(each for each in _FIELDS if each != "delimiter" or kind == "Text")
            raise UsqlRuntimeError(f"Outputters.{kind} has no parameter {parameter!r}; it has {known}")
        if value is not None:
            values[_FIELDS[parameter]] = value
    if "encoding" in values:
        values["encoding"] = encoding_named(str(values["encoding"]))
    if "char_as_text" in values:
        values["char_as_text"] = values["char_as_text"] == "string"
    return OutputFormat(**values)  # type: ignore[arg-type]
