"""Where an address of Databricks leads on this machine: `dbfs:/…`, mounts, and the URIs of datastores that are folders.

The same map serves `dbutils.fs`, paths in Python code, and Spark itself (`filesystems`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from lazulite.model.assets import Datastore
from lazulite.model.errors import InvalidRequest, NotFound, PathEscapes
from lazulite.model.places import uris

_URI = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)(/.*)?$")


class Addresses:
    """The map of one step.

    Args:
        dbfs: The folder that is `dbfs:/`.
        datastores: Datastores of the workspace; those that are folders have addresses that lead into them.
        local: Folders that a path without a scheme may lead into: the step's own, its inputs and outputs.
    """

    def __init__(self, dbfs: Path, datastores: Iterable[Datastore], local: Iterable[Path]) -> None:
        self.dbfs = dbfs
        self.roots: dict[tuple[str, str], Path] = {}
        self.local = _outermost([Path(os.path.normpath(path)) for path in local])
        self.mounts: dict[str, Path] = {}
        self.sources: dict[str, str] = {}
        for datastore in datastores:
            if datastore.type == "folder":
                for root in uris(datastore):
                    self.roots.setdefault(root, Path(datastore.folder))

    def path_of(self, given: str) -> Path:
        """Return the path on this machine that an address stands for, whether there is something or not.

        Raises:
            NotFound: no datastore has that address.
            PathEscapes: it leads out of its root.
        """
        if given.startswith("file:"):
            return Path(re.sub(r"^file:/+", "/", given))
        found = _URI.match(given)
        if found and found[1].lower() != "dbfs":
            scheme, authority, rest = found[1].lower(), found[2], found[3] or "/"
            root = self.roots.get((scheme, authority))
            if root is None:
                known = ", ".join(sorted(f"{s}://{a}" for s, a in self.roots)) or "none"
                raise NotFound(
                    f"No datastore that is a folder of this machine has the address {scheme}://{authority}. "
                    f"Known: {known}. Data elsewhere are brought as inputs and outputs of the step."
                )
            return _below(root, rest, given)
        path = re.sub(r"^dbfs:/*", "/", given)
        if path == "/dbfs" or path.startswith("/dbfs/"):
            path = path[len("/dbfs") :] or "/"
        path = "/" + path.lstrip("/")
        return self._of_dbfs(os.path.normpath(path), given)

    def is_local(self, path: str) -> bool:
        """Whether a path without a scheme is one of the step's own."""
        return any(Path(os.path.normpath(path)).is_relative_to(root) for root in self.local)

    def mount(self, source: str, point: str) -> None:
        """Let `point` (`/mnt/x`) lead to what `source` stands for.

        Raises:
            InvalidRequest: something is mounted there already, or the point is no path on DBFS.
            NotFound, PathEscapes: as `path_of`.
        """
        point = "/" + point.removeprefix("dbfs:").strip("/")
        if point == "/" or ".." in point.split("/"):
            raise InvalidRequest(f"{point!r} is no mount point. Expected one such as /mnt/data.")
        if point in self.mounts:
            raise InvalidRequest(f"Directory already mounted: {point}. Unmount it first.")
        self.mounts[point] = self.path_of(source)
        self.sources[point] = source

    def unmount(self, point: str) -> None:
        """Undo `mount`.

        Raises:
            InvalidRequest: nothing is mounted there.
        """
        point = "/" + point.removeprefix("dbfs:").strip("/")
        if point not in self.mounts:
            known = ", ".join(self.mounts) or "none"
            raise InvalidRequest(f"Directory not mounted: {point}. Mounted: {known}.")
        del self.mounts[point], self.sources[point]

    def _of_dbfs(self, path: str, given: str) -> Path:
        for point in sorted(self.mounts, key=len, reverse=True):
            if path == point or path.startswith(f"{point}/"):
                return _below(self.mounts[point], path[len(point) :], given)
        return Path(path) if self.is_local(path) else _below(self.dbfs, path, given)


def address_of(datastores: Mapping[str, Datastore], name: str) -> str:
    """Return one address by which Databricks would know a datastore; "" if there is none."""
    found = uris(datastores[name]) if name in datastores else []
    return f"{found[0][0]}://{found[0][1]}" if found else ""


def _below(root: Path, path: str, given: str) -> Path:
    found = Path(os.path.normpath(f"{root}/{path.lstrip('/')}"))
    if not found.is_relative_to(root):
        raise PathEscapes(f"The path {given!r} leads out of {root}.")
    return found


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """Without those that lie in another one: Spark's map takes no place in a place."""
    found: list[Path] = []
    for path in sorted(set(paths), key=lambda path: len(path.parts)):
        if len(path.parts) > 1 and not any(path.is_relative_to(outer) for outer in found):
            found.append(path)
    return found
