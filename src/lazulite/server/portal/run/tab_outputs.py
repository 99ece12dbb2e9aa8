"""What a run left: its declared outputs on their datastores, and its own files; each can be walked and looked at."""

from __future__ import annotations

from dataclasses import dataclass

from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.model.files import FolderEntry
from lazulite.server.portal.preview import READ_BYTES, Preview, preview
from lazulite.server.portal.run.run_files import telling_unusable
from lazulite.server.portal.run.subject import Subject

#: The name under which the run's own files stand beside its outputs.
OWN = "files"
_MOST = 500


@dataclass(frozen=True)
class Place:
    """Something that can be walked: a declared output, or the run's own files."""

    name: str
    datastore: str
    path: str
    size: int | None = None
    files: int | None = None


def shown(subject: Subject) -> dict[str, object]:
    """The content of the tab."""
    places = places_of(subject)
    asked = subject.visit.asked("place")
    place = next((one for one in places if one.name == asked), places[0])
    path = checked(subject.visit.asked("path"))
    entry = _look_at(subject, place, path)
    is_file = entry is not None and not entry.is_directory
    return {
        "places": places,
        "place": place,
        "path": path,
        "parts": [part for part in path.split("/") if part],
        "entries": _entries(subject, place, path) if entry is not None and not is_file else (),
        "exists": entry is not None,
        "entry": entry,
        "preview": _preview(subject, place, path, entry) if entry is not None and is_file else None,
        "files_run": subject.files.run,
    }


def places_of(subject: Subject) -> list[Place]:
    """The declared outputs of a run that completed, and the run's own files."""
    found = [
        Place(one.name, one.datastore, one.path, one.bytes, one.files)
        for one in subject.record.outputs(subject.run)
    ]
    run = subject.files.run
    return [*found, Place(OWN, run.artifact_datastore, run.artifact_path)]


def checked(path: str) -> str:
    """Return a path within a place in its one spelling.

    Raises:
        InvalidRequest: it leads out of the place.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts or "\0" in path or "\\" in path:
        raise InvalidRequest(f"{path!r} is no path within the output.", path=path)
    return "/".join(parts)


def whole(place: Place, path: str) -> str:
    """The path on the place's datastore."""
    return "/".join(part for part in (place.path.strip("/"), path) if part)


def _look_at(subject: Subject, place: Place, path: str) -> FolderEntry | None:
    try:
        with telling_unusable():
            return subject.service.look_at(subject.run.workspace, place.datastore, whole(place, path))
    except NotFound:  # the datastore is registered no more
        return None


def _entries(subject: Subject, place: Place, path: str) -> tuple[FolderEntry, ...]:
    found = subject.service.list_folder(
        subject.run.workspace, place.datastore, whole(place, path), limit=_MOST
    )
    return tuple(sorted(found, key=lambda one: (not one.is_directory, one.name)))


def _preview(subject: Subject, place: Place, path: str, entry: FolderEntry) -> Preview:
    workspace = subject.run.workspace
    with subject.service.open_file(workspace, place.datastore, whole(place, path), 0, READ_BYTES) as file:
        return preview(entry.name, file.read(), entry.size)
