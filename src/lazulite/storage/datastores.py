"""From a datastore's record to the code that reads and writes it."""

from __future__ import annotations

from pathlib import Path

from lazulite.model.assets import Datastore
from lazulite.model.errors import InvalidRequest
from lazulite.storage.folders import FolderStore


def open_store(datastore: Datastore) -> FolderStore:
    """Return the files of a datastore.

    Args:
        datastore: The record, with an absolute folder.

    Raises:
        InvalidRequest: this version has no code for its type, or the folder is not absolute.
    """
    if datastore.type != "folder":
        raise InvalidRequest(
            f"Datastore '{datastore.name}' has type {datastore.type!r}. This version of Lazulite reads and writes "
            "'folder' datastores only.",
            type=datastore.type,
        )
    folder = Path(datastore.folder)
    if not folder.is_absolute():
        raise InvalidRequest(
            f"The folder {datastore.folder!r} of datastore '{datastore.name}' is not absolute. "
            "Ask the service for the datastore; it knows the home folder.",
        )
    return FolderStore(folder, datastore.name)
