"""From a datastore's record to the code that reads and writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lazulite.model.assets import Datastore
from lazulite.model.errors import InvalidRequest
from lazulite.storage.folders import FolderStore
from lazulite.storage.store import Store

#: From a datastore's sealed `secret` to its credentials: `api.home_secrets.credentials` for one home.
Credentials = Callable[[str], Mapping[str, Any]]


def open_store(datastore: Datastore, credentials: Credentials | None = None) -> Store:
    """Return the files of a datastore.

    Args:
        datastore: The record, with an absolute folder.
        credentials: Opens the record's secret; not needed for a folder.

    Raises:
        InvalidRequest: this version has no code for its type, the type has no files (a database), or a part of its
            address cannot be one.
    """
    if datastore.type == "folder":
        return open_folder(datastore)
    maker = _MAKERS.get(datastore.type)
    if maker is None:
        known = ", ".join(["folder", *_MAKERS])
        raise InvalidRequest(
            f"Datastore '{datastore.name}' has type {datastore.type!r}, which this version of Lazulite does not read "
            f"and write as files. It knows: {known}.",
            type=datastore.type,
        )
    from lazulite.storage.remote.addresses import require_address

    require_address(datastore)
    secret = credentials(datastore.secret) if credentials is not None and datastore.secret else {}
    return maker(datastore, secret)


def _azure(record: Datastore, secret: Mapping[str, Any]) -> Store:
    from lazulite.storage.remote.azure import AzureContainer

    return AzureContainer(record, secret)


def _share(record: Datastore, secret: Mapping[str, Any]) -> Store:
    from lazulite.storage.remote.shares import FileShare

    return FileShare(record, secret)


def _s3(record: Datastore, secret: Mapping[str, Any]) -> Store:
    from lazulite.storage.remote.s3 import S3Bucket

    return S3Bucket(record, secret)


def _dbfs(record: Datastore, secret: Mapping[str, Any]) -> Store:
    from lazulite.storage.remote.dbfs import Dbfs

    return Dbfs(record, secret)


#: Of each type of datastore on another machine the code, imported when one is opened.
_MAKERS: dict[str, Callable[[Datastore, Mapping[str, Any]], Store]] = {
    "azure_blob": _azure,
    "adls_gen2": _azure,
    "azure_file": _share,
    "s3": _s3,
    "dbfs": _dbfs,
}


def open_folder(datastore: Datastore) -> FolderStore:
    """Return the files of a datastore that is a folder.

    Raises:
        InvalidRequest: it is none, or its folder is not absolute.
    """
    if datastore.type != "folder":
        raise InvalidRequest(
            f"Datastore '{datastore.name}' has type {datastore.type!r}. Expected a folder.",
            type=datastore.type,
        )
    folder = Path(datastore.folder)
    if not folder.is_absolute():
        raise InvalidRequest(
            f"The folder {datastore.folder!r} of datastore '{datastore.name}' is not absolute. "
            "Ask the service for the datastore; it knows the home folder.",
        )
    return FolderStore(folder, datastore.name)
