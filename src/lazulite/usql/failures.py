"""What goes wrong while a script runs, with Microsoft's error names where they are documented.

LazuliteError
└── InvalidRequest
    └── UsqlRuntimeError      the script or its data; names the file, row and byte, or the line of the statement
        └── ExtractError      a row or value of an input that does not fit its EXTRACT
"""

from __future__ import annotations

from lazulite.model.errors import InvalidRequest


class UsqlRuntimeError(InvalidRequest):
    """A script that parses cannot be carried out; `name` is the error's name in Microsoft's list, where it has one."""

    code = "UsqlRuntimeError"

    def __init__(self, message: str, *, name: str = "", **details: object) -> None:
        super().__init__(f"{name}: {message}" if name else message, name=name, **details)


class ExtractError(UsqlRuntimeError):
    """An input does not fit. Details: `file`, `row` (from 1), `offset` (bytes from the start of the text), `column`."""

    code = "UsqlExtractError"


UNEXPECTED_NUMBER_COLUMNS = "E_RUNTIME_USER_EXTRACT_UNEXPECTED_NUMBER_COLUMNS"
UNEXPECTED_ROW_DELIMITER = "E_RUNTIME_USER_EXTRACT_UNEXPECTED_ROW_DELIMITER"
AFTER_QUALIFIER = "E_RUNTIME_USER_EXTRACT_INVALID_CHARACTER_AFTER_TEXT_QUALIFIER"
CONVERSION_INVALID = "E_RUNTIME_USER_EXTRACT_COLUMN_CONVERSION_INVALID_ERROR"
CONVERSION_NULL = "E_RUNTIME_USER_EXTRACT_COLUMN_CONVERSION_NULL_ERROR"
ENCODING_ERROR = "E_RUNTIME_USER_EXTRACT_ENCODING_ERROR"
