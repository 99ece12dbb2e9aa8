"""Which file of this machine a path of a script means.

`@@name@@`                    where the input or output of that name is on this machine: that very place
`adl://…`, `wasb://…` …       the folder of the datastore that has this address
anything else                 below the folder that is the account's store
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote

from lazulite.model.assets import Datastore
from lazulite.model.errors import InvalidRequest, NotFound, PathEscapes
from lazulite.model.places import uris

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)(.*)", re.DOTALL)


class Places:
    """The places of one script; `resolve` is what `usql.run.run_script` asks.

    Args:
        account: The account's name.
        store: The datastore that is the account's store.
        datastores: All of the workspace.
        inputs: By name, where an input is.
        outputs: By name, where an output is to be written.
    """

    def __init__(
        self,
        account: str,
        store: Datastore,
        datastores: Iterable[Datastore],
        inputs: Mapping[str, str],
        outputs: Mapping[str, str],
    ) -> None:
        self._store = store
        self._inputs = {name: Path(place) for name, place in inputs.items()}
        self._outputs = {name: Path(place) for name, place in outputs.items()}
        self._roots = {("adl", f"{account.lower()}.azuredatalakestore.net"): store}
        for one in datastores:
            for scheme, authority in uris(one):
                self._roots.setdefault((scheme, authority.lower()), one)

    def resolve(self, path: str) -> Path | None:
        """Return the file or folder that a path means; None: it is below the account's store.

        Raises:
            NotFound: no datastore has that address.
            InvalidRequest: the datastore is not a folder of this machine.
            PathEscapes: the path leads out of the datastore.
        """
        uri = _URI.fullmatch(path)
        if uri:
            return self._in_datastore(path, uri[1].lower(), uri[2].lower(), uri[3])
        for given, place in (*self._outputs.items(), *self._inputs.items()):
            found = Path(os.path.normpath(path))
            if found.is_relative_to(place):
                if found == place and given in self._outputs:
                    _make_way(place)
                return found
        self._folder(self._store, path)
        return None

    def output_of(self, path: str) -> str:
        """Return what people call an output that was written: the step's name of it, else its path."""
        for name, place in self._outputs.items():
            found = Path(os.path.normpath(path))
            if found.is_relative_to(place):
                return name
        return path

    def _in_datastore(self, path: str, scheme: str, authority: str, rest: str) -> Path:
        datastore = self._roots.get((scheme, authority))
        if datastore is None:
            known = ", ".join(sorted(f"{each}://{name}" for each, name in self._roots))
            raise NotFound(
                f"The script names {path!r}, and no datastore of the workspace has the address {scheme}://{authority}. "
                f"Known: {known}. Register one that has it, or make the data an input or output of the step."
            )
        root = self._folder(datastore, path)
        found = Path(os.path.normpath(f"{root}/{unquote(rest).lstrip('/')}"))
        if not found.is_relative_to(root):
            raise PathEscapes(
                f"The path {path!r} of the script leads out of the datastore '{datastore.name}'."
            )
        return found

    def _folder(self, datastore: Datastore, path: str) -> Path:
        if datastore.type != "folder":
            raise InvalidRequest(
                f"The script names {path!r}, which is on the datastore '{datastore.name}', and that is not a folder of "
                "this machine. Make the data an input or output of the step, and write @@name@@ in its place."
            )
        return Path(datastore.folder)


def _make_way(place: Path) -> None:
    """An output's folder is made before the step starts; the script writes a file of that name."""
    if place.is_dir() and not any(place.iterdir()):
        place.rmdir()
