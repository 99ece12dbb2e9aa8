"""Any input as a plain UTF-8 file: unpacked, decoded strictly, without its byte-order mark.

Both readers work on what comes out of here, so neither has to know about gzip or encodings. A file that is already
plain UTF-8 is used where it lies. `silent` does not excuse an encoding error, as in U-SQL.
"""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path
from typing import BinaryIO, cast

from lazulite.usql import failures
from lazulite.usql.extract.parameters import TextFormat
from lazulite.usql.failures import ExtractError

_CHUNK = 1 << 20


def plain(file: Path, format_: TextFormat, scratch: Path) -> Path:
    """`file` itself, or a copy of it in the folder `scratch`, as UTF-8 without compression.

    The UTF-8 of a file that needs no copy is checked by whoever reads it.
    """
    packed = file.suffix.lower() == ".gz"
    if not packed and format_.encoding == "utf-8":
        return file
    copy = scratch / f"{len(list(scratch.iterdir()))}.txt"
    with file.open("rb") as raw, copy.open("wb") as target:
        source = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw
        _decode(source, target, file, format_)
    return copy


def _decode(source: BinaryIO, target: BinaryIO, file: Path, format_: TextFormat) -> None:
    decoder = codecs.getincrementaldecoder(format_.encoding)("strict")
    position, bom = 0, format_.bom
    try:
        while True:
            chunk = source.read(_CHUNK)
            if position == 0 and bom and chunk.startswith(bom):
                chunk, position = chunk[len(bom) :], len(bom)
            target.write(decoder.decode(chunk, final=not chunk).encode("utf-8"))
            position += len(chunk)
            if not chunk:
                return
    except UnicodeDecodeError as wrong:
        raise encoding_error(
            file, position + wrong.start, format_.encoding, wrong.object[wrong.start]
        ) from None
    except (EOFError, gzip.BadGzipFile, OSError) as wrong:
        raise ExtractError(f"{file} is not a complete gzip file: {wrong}", file=str(file)) from None


def encoding_error(file: Path, offset: int, encoding: str, byte: int) -> ExtractError:
    return ExtractError(
        f"{file}: byte 0x{byte:02x} near offset {offset} is no {encoding}; give the file's encoding= to the extractor",
        name=failures.ENCODING_ERROR,
        file=str(file),
        offset=offset,
    )
