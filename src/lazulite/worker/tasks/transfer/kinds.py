"""v1's rules for what is a file and what a directory.

Source: the type that was given, else what is there. Destination: the type that was given, else what is there, else the
source's type. An object store can have a file and a directory of one name; then only a given type decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.storage.store import Store

FILE, DIRECTORY = "file", "directory"


@dataclass(frozen=True)
class Spot:
    """A place on a datastore, and which type the step's author said it has."""

    store: Store
    path: str
    given: str | None = None

    def __str__(self) -> str:
        return f"{self.path!r} on {self.store.title}" if self.path else f"the root of {self.store.title}"

    @property
    def has_file(self) -> bool:
        entry = self.store.look_at(self.path)
        return entry is not None and not entry.is_directory

    @property
    def has_directory(self) -> bool:
        entry = self.store.look_at(self.path)
        if entry is None or entry.is_directory or self.store.root is not None:
            return entry is not None and entry.is_directory
        return bool(self.store.list_files(f"{self.path}/", limit=1))


def source_kind(source: Spot) -> str:
    """Return what is copied, "file" or "directory".

    Raises:
        NotFound: nothing is there, or nothing of the given type.
        InvalidRequest: both are there, and no type was given.
    """
    there = _there(source)
    if source.given is not None and source.given not in there:
        found = f"there is a {there[0]}" if there else "nothing is there"
        raise NotFound(f"The source, {source}, should be a {source.given}: {found}.")
    if not there:
        raise NotFound(
            f"The source, {source}, does not exist. Check the path of source_data_reference; the datastore itself can "
            "be reached."
        )
    return source.given or _only(there, "source", source)


def destination_kind(destination: Spot, source: str) -> str:
    """Return what the destination is; `source` is the source's kind.

    Raises:
        InvalidRequest: source and destination do not fit.
    """
    there = _there(destination)
    kind = destination.given or (_only(there, "destination", destination) if there else source)
    if source == DIRECTORY and kind == FILE:
        raise InvalidRequest(
            f"A directory cannot be copied onto a file: the destination, {destination}, is "
            f"{'said to be one (destination_reference_type)' if destination.given else 'one'}. Give another path."
        )
    if source == FILE and kind == DIRECTORY and destination.given is None:
        raise InvalidRequest(
            f"The source is a file, and the destination, {destination}, is a directory. To put the file into it, pass "
            "destination_reference_type='directory'; else give the path of the new file."
        )
    other = DIRECTORY if kind == FILE else FILE
    if destination.store.root is not None and there == [other]:
        raise InvalidRequest(
            f"The destination, {destination}, should become a {kind} (destination_reference_type), and a {other} is "
            "there. A folder of this machine cannot have both: give another path, or move it away."
        )
    return kind


def _there(spot: Spot) -> list[str]:
    found = [(FILE, spot.has_file), (DIRECTORY, spot.has_directory)]
    return [kind for kind, is_there in found if is_there]


def _only(there: list[str], which: str, spot: Spot) -> str:
    if len(there) == 1:
        return there[0]
    raise InvalidRequest(
        f"The {which}, {spot}, is the name of a file and of a directory. Say which one is meant: pass "
        f"{which}_reference_type='file' or 'directory'."
    )
