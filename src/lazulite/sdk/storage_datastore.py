"""Datastores with files: v1's blob containers and file shares, here folders. v1: `azureml.data.azure_storage_datastore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.exceptions import UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.data_reference import DataReference
    from lazulite.sdk.upload_files import Pair
    from lazulite.sdk.workspace import Workspace
    from lazulite.storage.transfer import TransferResult

__all__ = ["AbstractAzureStorageDatastore", "AzureBlobDatastore", "AzureFileDatastore"]


class AbstractAzureStorageDatastore(AbstractDatastore):
    """A datastore whose files can be uploaded, downloaded and handed to steps.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        datastore_type: AzureBlob or AzureFile.
        container_name: v1's name of the container or share; for display.
        account_name: v1's name of the storage account; for display.
        sas_token: Accepted and without effect: a folder needs no credentials.
        account_key: As `sas_token`.
        protocol: As `sas_token`.
        endpoint: As `sas_token`.

    v1: `azureml.data.azure_storage_datastore.AbstractAzureStorageDatastore`.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        datastore_type: str,
        container_name: str,
        account_name: str,
        sas_token: str | None = None,
        account_key: str | None = None,
        protocol: str | None = None,
        endpoint: str | None = None,
    ) -> None:
        super().__init__(workspace, name, datastore_type)
        self.container_name = container_name
        self.account_name = account_name
        self.sas_token = sas_token
        self.account_key = account_key
        self.credential_type: str | None = None
        self.protocol = protocol
        self.endpoint = endpoint

    @property
    def is_sas(self) -> bool:
        """Whether it is reached with a SAS token."""
        return self.sas_token is not None

    def path(self, path: str | None = None, data_reference_name: str | None = None) -> DataReference:
        """Return a reference to a file or folder of this datastore, as a step takes it.

        Args:
            path: The file or folder; nothing means the whole datastore.
            data_reference_name: Its name in the step; without it one made from the place.
        """
        from lazulite.sdk.data_reference import DataReference

        return DataReference(self).path(path, data_reference_name)

    def as_mount(self) -> DataReference:
        """Return a reference to the whole datastore, used in place."""
        from lazulite.sdk.data_reference import DataReference

        return DataReference(self).as_mount()

    def as_download(self, path_on_compute: str | None = None) -> DataReference:
        """Return a reference to the whole datastore, copied to `path_on_compute` before the script starts."""
        from lazulite.sdk.data_reference import DataReference

        return DataReference(self).as_download(path_on_compute)

    def as_upload(self, path_on_compute: str | None = None) -> DataReference:
        """Return a reference to this datastore, to which `path_on_compute` is copied after the script succeeded."""
        from lazulite.sdk.data_reference import DataReference

        return DataReference(self).as_upload(path_on_compute)

    def upload(
        self,
        src_dir: str,
        target_path: str | None = None,
        overwrite: bool = False,
        show_progress: bool = True,
    ) -> DataReference:
        """Copy a folder of this machine into the datastore, with all that is below it.

        Args:
            src_dir: The folder. Symbolic links in it are followed.
            target_path: Folder on the datastore; nothing means its root. Leading `./`, `/` and `../` mean nothing.
            overwrite: Replace files that are there; without it they are skipped, with a line that says so.
            show_progress: Print progress and a summary.

        Returns:
            A reference to `target_path`.

        Raises:
            UserErrorException: there is no such folder; or files were not copied, each named with its reason
                (the others were); or the disk is full.

        Example:
            `ws.get_default_datastore().upload("./data", target_path="census", overwrite=True)`
        """
        from lazulite.sdk.upload_files import files_below, target_folder

        with v1_errors():
            target = target_folder(target_path)
            pairs = files_below(src_dir, target)
        return self._upload(pairs, target, overwrite=overwrite, show_progress=show_progress)

    def upload_files(
        self,
        files: list[str],
        relative_root: str | None = None,
        target_path: str | None = None,
        overwrite: bool = False,
        show_progress: bool = True,
    ) -> DataReference:
        """Copy single files of this machine into the datastore.

        Args:
            files: The files.
            relative_root: The folder whose structure is kept: a file keeps its path relative to it. Without it the
                folder that all have in common, so that a single file lands in `target_path` itself.
            target_path: Folder on the datastore; nothing means its root. Leading `./`, `/` and `../` mean nothing.
            overwrite: Replace files that are there; without it they are skipped, with a line that says so.
            show_progress: Print progress and a summary.

        Returns:
            A reference to `target_path`.

        Raises:
            UserErrorException: a file does not exist or is outside of `relative_root` (nothing is copied then); or
                files were not copied, each named with its reason (the others were); or the disk is full.

        Example:
            `datastore.upload_files(["./iris.csv"], target_path="train-dataset", overwrite=True)`
        """
        from lazulite.sdk.upload_files import files_given, target_folder

        with v1_errors():
            target = target_folder(target_path)
            pairs = files_given(files, relative_root, target)
        return self._upload(pairs, target, overwrite=overwrite, show_progress=show_progress)

    def download(
        self,
        target_path: str,
        prefix: str | None = None,
        overwrite: bool = False,
        show_progress: bool = True,
        strip_prefix: bool = False,
    ) -> int:
        """Copy files of the datastore to this machine.

        Args:
            target_path: Folder to copy to; created if it is not there.
            prefix: What their paths begin with, as text: "data/tr" finds "data/train.csv". Nothing finds all.
            overwrite: Replace files that are there; without it they are skipped, with a line that says so.
            show_progress: Print progress and a summary.
            strip_prefix: False, as v1 did, keeps the whole path on the datastore below `target_path`. True takes
                `prefix` as a file or folder and leaves what stands before its files' own names away. (Not in v1.)

        Returns:
            The number of files that were copied.

        Raises:
            UserErrorException: files were not copied, each named with its reason (the others were); or the disk
                is full.

        Example:
            `datastore.download("./local", prefix=f"azureml/{step_run.id}/model", strip_prefix=True)`
        """
        return self._copy_out(target_path, prefix, overwrite, show_progress, strip_prefix).copied

    def _copy_out(
        self, target_path: str, prefix: str | None, overwrite: bool, show_progress: bool, strip_prefix: bool
    ) -> TransferResult:
        """Download, and tell what was copied and skipped."""
        from lazulite.sdk.transfer_display import TransferDisplay

        if prefix is not None and not isinstance(prefix, str):
            raise UserErrorException(
                f"prefix is {prefix!r}. Expected text that paths on the datastore begin with."
            )
        display = TransferDisplay(
            "Downloading", "Downloaded", f"from datastore '{self.name}' to {target_path}"
        )
        with v1_errors():
            listener = display.show if show_progress else None
            result = self._store().download(prefix, Path(target_path), overwrite, strip_prefix, listener)
        if show_progress:
            display.finish(result)
            if not result.copied + result.skipped:
                what = f"no file whose path begins with {prefix!r}" if prefix else "no files"
                print(f"Datastore '{self.name}' has {what}.")
        return result

    def _upload(
        self, pairs: list[Pair], target: str, *, overwrite: bool, show_progress: bool
    ) -> DataReference:
        self._copy_in(pairs, target, overwrite=overwrite, show_progress=show_progress)
        return self.path(target)

    def _copy_in(
        self, pairs: list[Pair], target: str, *, overwrite: bool, show_progress: bool
    ) -> TransferResult:
        """Upload files to the paths given with them, and tell what was copied and skipped."""
        from lazulite.sdk.transfer_display import TransferDisplay

        place = f"/{target}" if target else ""
        display = TransferDisplay("Uploading", "Uploaded", f"to datastore '{self.name}'{place}")
        with v1_errors():
            result = self._store().upload(pairs, overwrite, display.show if show_progress else None)
        if show_progress:
            display.finish(result)
        return result

    def __str__(self) -> str:
        return f"{type(self).__name__} '{self.name}' of workspace '{self.workspace.name}' in {self._record.folder}"


class AzureBlobDatastore(AbstractAzureStorageDatastore):
    """A datastore that v1 kept in a blob container; here a folder.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        container_name: For display.
        account_name: For display.

    The other parameters are v1's credentials and identities, accepted and without effect.

    v1: `azureml.data.azure_storage_datastore.AzureBlobDatastore`.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        container_name: str,
        account_name: str,
        sas_token: str | None = None,
        account_key: str | None = None,
        protocol: str | None = None,
        endpoint: str | None = None,
        request_session: Any = None,
        workspace_msi_has_access: bool = False,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        service_data_access_auth_identity: str | None = None,
    ) -> None:
        super().__init__(
            workspace,
            name,
            "AzureBlob",
            container_name,
            account_name,
            sas_token,
            account_key,
            protocol,
            endpoint,
        )
        self.workspace_msi_has_access = workspace_msi_has_access
        self.service_data_access_auth_identity = service_data_access_auth_identity
        self.subscription_id = subscription_id
        self.resource_group = resource_group

    @property
    def blob_service(self) -> Any:
        """v1: a client of Azure Storage.

        Raises:
            UserErrorException: always; the files are in a folder, and there is no such client.
        """
        raise _no_client(self, "blob_service")


class AzureFileDatastore(AbstractAzureStorageDatastore):
    """A datastore that v1 kept in a file share; here a folder.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        container_name: The share's name; for display.
        account_name: For display.

    The other parameters are v1's credentials, accepted and without effect.

    v1: `azureml.data.azure_storage_datastore.AzureFileDatastore`.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        container_name: str,
        account_name: str,
        sas_token: str | None = None,
        account_key: str | None = None,
        protocol: str | None = None,
        endpoint: str = "core.windows.net",
        request_session: Any = None,
    ) -> None:
        super().__init__(
            workspace,
            name,
            "AzureFile",
            container_name,
            account_name,
            sas_token,
            account_key,
            protocol,
            endpoint,
        )

    @property
    def file_service(self) -> Any:
        """v1: a client of Azure Storage.

        Raises:
            UserErrorException: always; the files are in a folder, and there is no such client.
        """
        raise _no_client(self, "file_service")


def _no_client(datastore: AbstractDatastore, what: str) -> UserErrorException:
    return UserErrorException(
        f"Datastore '{datastore.name}' is a folder, {datastore._record.folder}, and has no {what}. "  # noqa: SLF001
        "Use upload, upload_files and download, or the folder itself."
    )
