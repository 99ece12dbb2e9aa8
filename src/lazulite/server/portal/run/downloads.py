"""Files of a run, of its outputs and of its code, as they are.

They hold what users' scripts wrote: a browser shows images only, saves everything else, and runs nothing of either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from lazulite.model.errors import NotFound
from lazulite.server.portal.preview import PICTURES, suffix_of
from lazulite.server.portal.routing import Visit, reading
from lazulite.server.portal.run.record import RunRecord
from lazulite.server.portal.run.run_files import files_of
from lazulite.server.portal.run.subject import Subject
from lazulite.server.portal.run.tab_outputs import checked, places_of, whole

_RUN = "/workspaces/{workspace}/runs/{run_id}"
_PIECE = 1 << 18
#: Even an image that holds scripts runs none, wherever it is opened.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def routes() -> list[BaseRoute]:
    """The addresses of files."""
    return [
        reading(_RUN + "/files/{name:path}", own_file),
        reading(_RUN + "/outputs/{place}/{name:path}", output_file),
        reading("/workspaces/{workspace}/code/{snapshot}/{name:path}", code_file),
    ]


def own_file(visit: Visit) -> Response:
    """A file of a run."""
    files = files_of(visit.service, visit.service.get_run(visit.workspace.id, visit.part("run_id")))
    name = checked(visit.part("name"))
    size = files.size(name)
    return answer(name, files.open(name), size)


def output_file(visit: Visit) -> Response:
    """A file of a declared output."""
    run = visit.service.get_run(visit.workspace.id, visit.part("run_id"))
    subject = Subject(visit, RunRecord(visit.service, run), run)
    place = next((one for one in places_of(subject) if one.name == visit.part("place")), None)
    if place is None:
        raise NotFound(f"Run {run.id} has no output {visit.part('place')!r}.")
    path = whole(place, checked(visit.part("name")))
    entry = visit.service.look_at(run.workspace, place.datastore, path)
    if entry is None:
        raise NotFound(f"Output {place.name!r} of run {run.id} has no file {visit.part('name')!r}.")
    return answer(path, visit.service.open_file(run.workspace, place.datastore, path), entry.size)


def code_file(visit: Visit) -> Response:
    """A file of a snapshot."""
    name = visit.part("name")
    snapshot = visit.service.get_snapshot(visit.workspace.id, visit.part("snapshot"))
    found = next((file for file in snapshot.files if file.path == name), None)
    if found is None:
        raise NotFound(f"The snapshot {visit.part('snapshot')} has no file {name!r}.", name=name)
    return answer(name, visit.service.open_blob(visit.workspace.id, found.digest), found.size)


def answer(name: str, source: BinaryIO, size: int) -> Response:
    """Return the bytes of an open file; it is closed at the end."""
    kind = PICTURES.get(suffix_of(name))
    how = "inline" if kind else "attachment"
    headers = {
        "content-disposition": f"{how}; filename*=UTF-8''{quote(name.rpartition('/')[2], safe='')}",
        "content-security-policy": _POLICY,
        "x-content-type-options": "nosniff",
        "content-length": str(size),
    }
    return StreamingResponse(
        _pieces(source, size), headers=headers, media_type=kind or "application/octet-stream"
    )


def _pieces(source: BinaryIO, size: int) -> Iterator[bytes]:
    """So many bytes as were announced: a log may grow meanwhile."""
    with source:
        while size > 0 and (piece := source.read(min(_PIECE, size))):
            size -= len(piece)
            yield piece
