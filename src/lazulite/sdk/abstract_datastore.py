"""What all datastores have in common. v1: `azureml.data.abstract_datastore`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lazulite.model.assets import AssetKind
from lazulite.model.codec import from_data
from lazulite.sdk.exceptions import UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.model.assets import Datastore as Record
    from lazulite.sdk.data_files import DataFiles
    from lazulite.sdk.workspace import Workspace


class AbstractDatastore:
    """A named place for files in a workspace.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        datastore_type: v1's word for its kind, such as AzureBlob.

    v1: `azureml.data.abstract_datastore.AbstractDatastore`.
    """

    def __init__(self, workspace: Workspace, name: str, datastore_type: str) -> None:
        self._workspace = workspace
        self._name = name
        self._datastore_type = datastore_type
        self._known: Record | None = None

    @property
    def workspace(self) -> Workspace:
        """The workspace it belongs to."""
        return self._workspace

    @workspace.setter
    def workspace(self, value: Workspace) -> None:
        self._workspace = value
        self._known = None

    @property
    def name(self) -> str:
        """Its name: lower-case letters, digits and `_`."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self._name = value
        self._known = None

    @property
    def datastore_type(self) -> str:
        """v1's word for its kind, such as AzureBlob; S3, Local and Sql are ours."""
        return self._datastore_type

    @datastore_type.setter
    def datastore_type(self, value: str) -> None:
        self._datastore_type = value

    def set_as_default(self) -> None:
        """Make it the workspace's default: where outputs go and data are looked for if no datastore is named."""
        self._workspace.set_default_datastore(self._name)

    def unregister(self) -> None:
        """Remove it from the workspace, its credentials included. The files or tables stay as they are.

        Raises:
            UserErrorException: it is the workspace's default datastore, or not registered.
        """
        service = self._workspace._service  # noqa: SLF001 - the SDK's own seam
        identifier = self._workspace._id  # noqa: SLF001
        with v1_errors():
            if service.get_workspace(identifier).default_datastore == self._name:
                raise UserErrorException(
                    f"Datastore '{self._name}' is the default of workspace '{self._workspace.name}' and cannot be "
                    "unregistered. Make another one the default first, with its set_as_default()."
                )
            service.delete_asset(identifier, AssetKind.DATASTORE, self._name)

    @property
    def _record(self) -> Record:
        """Its document, asked for once."""
        from lazulite.model.assets import Datastore

        if self._known is None:
            with v1_errors():
                asset = self._workspace._service.get_asset(  # noqa: SLF001
                    self._workspace._id,  # noqa: SLF001
                    AssetKind.DATASTORE,
                    self._name,
                )
                self._known = from_data(Datastore, asset.document)
        return self._known

    def _credentials(self) -> Mapping[str, str]:
        """What is recorded to reach it by; {} for nothing, and of a server's datastore."""
        service = self._workspace._service  # noqa: SLF001
        record = self._record
        if not service.is_local or not record.secret:
            return {}
        with v1_errors():
            return service.credentials(record.secret)

    def _store(self) -> DataFiles:
        """Its files.

        Raises:
            UserErrorException: it has none, or none that can be reached from here.
        """
        from lazulite.sdk.data_files import open_files
        from lazulite.sdk.datastores.files import refuse_without_files

        refuse_without_files(self._record)
        with v1_errors():
            return open_files(self._workspace._service, self._workspace._id, self._record)  # noqa: SLF001

    def __str__(self) -> str:
        from lazulite.model.places import place_of

        return f"{type(self).__name__} '{self.name}' of workspace '{self.workspace.name}' in {place_of(self._record)}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self._name!r}, workspace={self._workspace.name!r})"
