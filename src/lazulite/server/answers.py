"""Results as answers: JSON by the codec, or bytes as they are read."""

from __future__ import annotations

import io
import math
import os
from collections.abc import AsyncIterator
from typing import Any, BinaryIO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lazulite.model.codec import dumps, to_data
from lazulite.server.working import Workers

#: Who names this kind in its Accept header reads JSON as Python does, with NaN and Infinity as they are; others get null.
OUR_JSON = "application/vnd.lazulite+json"
_PIECE = 1 << 18


def json_answer(request: Request, value: Any, status: int = 200) -> Response:
    """`value` as JSON."""
    text = dumps(value)
    if ("NaN" in text or "Infinity" in text) and OUR_JSON not in request.headers.get("accept", ""):
        text = dumps(_finite(to_data(value)))
    return Response(text, status, media_type="application/json")


def _finite(data: Any) -> Any:
    if isinstance(data, float) and not math.isfinite(data):
        return None
    if isinstance(data, dict):
        return {key: _finite(item) for key, item in data.items()}
    return [_finite(item) for item in data] if isinstance(data, list) else data


def file_answer(
    source: BinaryIO, workers: Workers, kind: str = "application/octet-stream", *, method: str = "GET"
) -> Response:
    """The bytes of an open file, a piece at a time; it is closed at the end. To HEAD, what they would come with."""
    headers = {}
    size = _size(source)
    if size is not None:
        headers["Content-Length"] = str(size)
    if method == "HEAD":
        source.close()
        return Response(headers=headers, media_type=kind)
    return StreamingResponse(_pieces(source, workers), headers=headers, media_type=kind)


async def _pieces(source: BinaryIO, workers: Workers) -> AsyncIterator[bytes]:
    with source:
        while piece := await workers.transfer(lambda: source.read(_PIECE)):
            yield piece


def _size(source: BinaryIO) -> int | None:
    """How many bytes are left to read, if that can be known."""
    try:
        if isinstance(source, (io.BufferedReader, io.FileIO)):
            return os.fstat(source.fileno()).st_size - source.tell()
        if isinstance(source, io.BytesIO):
            return len(source.getbuffer()) - source.tell()
    except (OSError, ValueError):
        pass
    return None
