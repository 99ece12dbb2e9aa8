"""The datastores of a workspace, by name. v1: `azureml.core.Datastore`."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.assets import Datastore as Record
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import Conflict, NotFound
from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.datastore_kinds import RemoteDatastoreKinds
from lazulite.sdk.datastore_missing import DatastoreNotFound, datastore_not_found
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.storage_datastore import (
    AbstractAzureStorageDatastore,
    AzureBlobDatastore,
    AzureFileDatastore,
)

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

    # What calling the class gives can do all this; v1's class is no base of what it gives, and `isinstance` says so.
    _Given = AbstractAzureStorageDatastore
else:
    _Given = object

__all__ = [
    "AbstractAzureStorageDatastore",
    "AbstractDatastore",
    "AzureBlobDatastore",
    "AzureFileDatastore",
    "Datastore",
    "DatastoreNotFound",
    "datastore_of",
]

#: Every workspace has these; their folders hold what its runs wrote.
_BUILT_IN = ("workspaceblobstore", "workspacefilestore")


class Datastore(RemoteDatastoreKinds, _Given):
    """A datastore of a workspace. Calling the class gives an object of the datastore's own class, as in v1.

    Args:
        workspace: The workspace.
        name: The datastore's name; upper case counts as lower case. Without it, the workspace's default datastore.

    Raises:
        DatastoreNotFound: there is none of that name; the message names those that exist. It is a
            UserErrorException, and where msrest is installed also its HttpOperationError.

    Example:
        `datastore = Datastore(ws, "workspaceblobstore")`, then `datastore.upload("./data", "census")`.

    v1: `azureml.core.Datastore`.
    """

    def __new__(cls, workspace: Workspace, name: str | None = None) -> Any:
        return Datastore.get_default(workspace) if name is None else Datastore.get(workspace, name)

    def __init__(self, workspace: Workspace, name: str | None = None) -> None:
        """Never runs, because `__new__` gives an object of another class; tells tools the parameters."""

    @staticmethod
    def get(workspace: Workspace, datastore_name: str) -> AbstractAzureStorageDatastore:
        """Return a datastore by name.

        Args:
            workspace: The workspace.
            datastore_name: Its name; upper case counts as lower case.

        Raises:
            DatastoreNotFound: there is none of that name; the message names those that exist.
            UserErrorException: the name is no text.
        """
        name = _lower(datastore_name)
        service, identifier = workspace._service, workspace._id  # noqa: SLF001 - the SDK's own seam
        with v1_errors():
            try:
                asset = service.get_asset(identifier, AssetKind.DATASTORE, name)
            except NotFound as error:
                known = [asset.name for asset in service.list_assets(identifier, AssetKind.DATASTORE)]
                raise datastore_not_found(datastore_name, workspace.name, known) from error
            return datastore_of(workspace, from_data(Record, asset.document))

    @staticmethod
    def get_default(workspace: Workspace) -> AbstractAzureStorageDatastore:
        """Return the workspace's default datastore: `workspaceblobstore`, unless it was changed."""
        with v1_errors():
            record = workspace._service.get_workspace(workspace._id)  # noqa: SLF001
        return Datastore.get(workspace, record.default_datastore)

    @staticmethod
    def register_local(
        workspace: Workspace,
        datastore_name: str,
        folder: str | os.PathLike[str],
        overwrite: bool = False,
        create_if_not_exists: bool = False,
        set_as_default: bool = False,
    ) -> AbstractAzureStorageDatastore:
        """Register a folder of this machine as a datastore. (Not in v1.)

        Args:
            workspace: The workspace.
            datastore_name: Its name: letters, digits and `_`; upper case becomes lower case, with a warning.
            folder: The folder, where it is; a network disk that is mounted will do. What is in it stays there. With a
                team's server: a folder of the server, absolute; that takes the role Owner.
            overwrite: Let the name mean this folder if it means another one. Files are neither moved nor deleted.
            create_if_not_exists: Create the folder, readable by its owner only.
            set_as_default: Make it the workspace's default datastore.

        Raises:
            UserErrorException: the name is not allowed or taken, or the folder is not there.

        Example:
            `Datastore.register_local(ws, "measurements", "/mnt/measurements")`
        """
        name = _lower(datastore_name)
        with v1_errors():
            ids.checked("datastore", name)
            if name in _BUILT_IN:
                raise UserErrorException(
                    f"'{name}' is a datastore that every workspace has; runs keep their files there. "
                    "Choose another name, and set_as_default=True if new files shall go to it."
                )
            place = _folder(folder, create=create_if_not_exists, here=workspace._service.is_local)  # noqa: SLF001
            record = Record(name, folder=str(place), container_name=place.name, account_name="local")
            asset = Asset(AssetKind.DATASTORE, name, to_data(record))
            try:
                workspace._service.put_asset(workspace._id, asset, overwrite=overwrite)  # noqa: SLF001
            except Conflict as error:
                raise UserErrorException(
                    f"Workspace '{workspace.name}' has a datastore '{name}' already. "
                    "Pass overwrite=True to let the name mean this folder, or choose another name."
                ) from error
        datastore = datastore_of(workspace, record)
        if set_as_default:
            datastore.set_as_default()
        return datastore

    def set_as_default(self) -> None:
        """Make it the workspace's default (see `AbstractDatastore.set_as_default`)."""
        AbstractDatastore.set_as_default(self)

    def unregister(self) -> None:
        """Remove it from the workspace (see `AbstractDatastore.unregister`)."""
        AbstractDatastore.unregister(self)


def datastore_of(workspace: Workspace, record: Record) -> AbstractAzureStorageDatastore:
    """Return the object for a datastore's document, of the class that v1 gives it."""
    kind: type[AzureBlobDatastore | AzureFileDatastore]
    kind = AzureFileDatastore if record.face == "AzureFile" else AzureBlobDatastore
    datastore = kind(workspace, record.name, record.container_name, record.account_name)
    datastore._known = record  # noqa: SLF001 - made here
    return datastore


def _lower(name: object) -> str:
    if not isinstance(name, str):
        raise UserErrorException(f"{name!r} is not the name of a datastore. Expected text.")
    if name != name.lower():
        warnings.warn(
            f"Names of datastores are lower case: {name!r} is read as {name.lower()!r}.", stacklevel=3
        )
    return name.lower()


def _folder(folder: str | os.PathLike[str], *, create: bool, here: bool) -> Path:
    if not isinstance(folder, (str, os.PathLike)) or not os.fspath(folder):
        raise UserErrorException(f"folder is {folder!r}. Expected a folder of this machine.")
    if not here:
        return _folder_there(Path(folder), create=create)
    place = Path(os.path.abspath(Path(folder).expanduser()))  # noqa: PTH100 - a link may be exchanged later
    if create:
        from lazulite.storage.folders import FolderStore

        FolderStore(place).create()
    if not place.is_dir():
        what = (
            "is a file" if place.exists() else "does not exist; pass create_if_not_exists=True to create it"
        )
        raise UserErrorException(f"The folder {place} {what}.")
    return place


def _folder_there(folder: Path, *, create: bool) -> Path:
    """A folder of the server's machine, which nobody here can look at; the service does."""
    if not folder.is_absolute() or create:
        raise UserErrorException(
            f"The folder {str(folder)!r} is meant to be one of the server, where nothing is created from here. Expected "
            "the absolute path of a folder that is there."
        )
    return folder
