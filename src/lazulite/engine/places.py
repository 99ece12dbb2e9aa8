"""From the name of a datastore to its files."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from lazulite.api.home_secrets import credentials
from lazulite.engine.layout import Home
from lazulite.model.assets import AssetKind, Datastore
from lazulite.model.codec import from_data
from lazulite.model.errors import InvalidRequest
from lazulite.records.records import Records
from lazulite.storage.datastores import open_store
from lazulite.storage.folders import FolderStore
from lazulite.storage.spool import SpooledStore
from lazulite.storage.store import Store

#: The option of a datastore elsewhere that says for how long it is asked again.
_RETRY = "retry_seconds"
_HURRIED_SECONDS = "10"


class Places:
    """The datastores of one workspace, as the engine finds them: folders absolute.

    Each is looked up once; so an object of this class serves one piece of work, and the next takes a new one.

    Args:
        home: The home.
        records: Its records.
        workspace: The workspace's id.
        is_hurried: Somebody waits for an answer, or the work is tried again later by itself: a datastore that does not
            answer is not asked again for minutes.
    """

    def __init__(self, home: Home, records: Records, workspace: str, *, is_hurried: bool = False) -> None:
        self._home = home
        self._records = records
        self._workspace = workspace
        self._is_hurried = is_hurried
        self._known: dict[str, Datastore] = {}
        self._stores: dict[str, Store] = {}

    def datastore(self, name: str) -> Datastore:
        """The record of a datastore (`NotFound` if there is none)."""
        if name not in self._known:
            asset = self._records.asset(self._workspace, AssetKind.DATASTORE, name)
            self._known[name] = self._home.located(from_data(Datastore, asset.document))
        return self._known[name]

    def store(self, name: str) -> Store:
        """The files of a datastore, with what of them is in its spool yet (`NotFound` if there is none, `InvalidRequest` if it has no files)."""
        if name not in self._stores:
            record = self.datastore(name)
            if self._is_hurried:
                record = replace(record, options={_RETRY: _HURRIED_SECONDS, **record.options})
            found = open_store(record, partial(credentials, str(self._home.root)))
            if found.root is None:
                found = SpooledStore(found, self._home.spool(self._workspace, name))
            self._stores[name] = found
        return self._stores[name]

    def is_folder(self, name: str) -> bool:
        """Whether a datastore is a folder of this machine (`NotFound` if there is none)."""
        return self.datastore(name).type == "folder"

    def artifacts(self, datastore: str, path: str) -> Path:
        """The local folder in which artifacts of a run on a datastore are written: in place, or its spool."""
        if self.is_folder(datastore):
            return self.path(datastore, path)
        return self._home.spool(self._workspace, datastore) / path

    def path(self, datastore: str, path: str) -> Path:
        """The local path of a place on a datastore that is a folder (`InvalidRequest` of any other)."""
        store = self.store(datastore)
        if not isinstance(store, FolderStore):
            raise InvalidRequest(f"The {store.title} is no folder of this machine.")
        return store.resolve(path)
