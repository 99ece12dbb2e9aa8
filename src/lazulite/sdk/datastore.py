"""The datastores of a workspace, by name. v1: `azureml.core.Datastore`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.model.assets import AssetKind
from lazulite.model.assets import Datastore as Record
from lazulite.model.codec import from_data
from lazulite.model.errors import NotFound
from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.datastore_missing import DatastoreNotFound, datastore_not_found
from lazulite.sdk.datastores.azure_registration import AzureRegistration
from lazulite.sdk.datastores.database_registration import DatabaseRegistration
from lazulite.sdk.datastores.further_registration import FurtherRegistration
from lazulite.sdk.datastores.registry import lower
from lazulite.sdk.exceptions import v1_errors
from lazulite.sdk.storage_datastore import (
    AbstractAzureStorageDatastore,
    AzureBlobDatastore,
    AzureFileDatastore,
)

if TYPE_CHECKING:
    from lazulite.sdk.datastores.files import FileDatastore
    from lazulite.sdk.workspace import Workspace

    # What calling the class gives can do all this; v1's class is no base of what it gives, and `isinstance` says so.
    _Given = FileDatastore
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


class Datastore(AzureRegistration, DatabaseRegistration, FurtherRegistration, _Given):
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
    def get(workspace: Workspace, datastore_name: str) -> Any:
        """Return a datastore by name, as an object of its own class: `AzureBlobDatastore`, `S3Datastore` …

        Args:
            workspace: The workspace.
            datastore_name: Its name; upper case counts as lower case.

        Raises:
            DatastoreNotFound: there is none of that name; the message names those that exist.
            UserErrorException: the name is no text.
        """
        name = lower(datastore_name)
        service, identifier = workspace._service, workspace._id  # noqa: SLF001 - the SDK's own seam
        with v1_errors():
            try:
                asset = service.get_asset(identifier, AssetKind.DATASTORE, name)
            except NotFound as error:
                known = [asset.name for asset in service.list_assets(identifier, AssetKind.DATASTORE)]
                raise datastore_not_found(datastore_name, workspace.name, known) from error
            return datastore_of(workspace, from_data(Record, asset.document))

    @staticmethod
    def get_default(workspace: Workspace) -> Any:
        """Return the workspace's default datastore: `workspaceblobstore`, unless it was changed."""
        with v1_errors():
            record = workspace._service.get_workspace(workspace._id)  # noqa: SLF001
        return Datastore.get(workspace, record.default_datastore)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # what only some kinds have, such as account_key

    def set_as_default(self) -> None:
        """Make it the workspace's default (see `AbstractDatastore.set_as_default`)."""
        AbstractDatastore.set_as_default(self)

    def unregister(self) -> None:
        """Remove it from the workspace (see `AbstractDatastore.unregister`)."""
        AbstractDatastore.unregister(self)


def datastore_of(workspace: Workspace, record: Record) -> AbstractDatastore:
    """Return the object for a datastore's document, of the class that v1 gives it."""
    from lazulite.sdk.datastores.faces import datastore_of as made

    return made(workspace, record)
