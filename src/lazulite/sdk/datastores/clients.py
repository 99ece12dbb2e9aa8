"""Microsoft's own clients of a storage account, for code that asks a datastore for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.sdk.exceptions import UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.abstract_datastore import AbstractDatastore


def blob_client(datastore: AbstractDatastore) -> Any:
    """Return a `BlobServiceClient` for the account of a datastore.

    Raises:
        UserErrorException: there is none.
    """
    _require_account(datastore, "blob_service")
    with v1_errors():
        try:
            from azure.storage.blob import BlobServiceClient
        except ImportError as error:
            raise _missing("azure-storage-blob") from error
        url, credential = _address(datastore, "blob")
        return BlobServiceClient(url, credential or None)


def share_client(datastore: AbstractDatastore) -> Any:
    """Return a `ShareServiceClient` for the account of a datastore.

    Raises:
        UserErrorException: there is none.
    """
    _require_account(datastore, "file_service")
    with v1_errors():
        try:
            from azure.storage.fileshare import ShareServiceClient
        except ImportError as error:
            raise _missing("azure-storage-file-share") from error
        url, credential = _address(datastore, "file")
        if not isinstance(credential, (str, dict, type(None))):  # a source of tokens
            return ShareServiceClient(url, credential, token_intent="backup")  # noqa: S106 - no secret
        return ShareServiceClient(url, credential or None)


def _address(datastore: AbstractDatastore, service: str) -> tuple[str, Any]:
    from lazulite.model.places import service_url
    from lazulite.storage.remote import azure_access

    record = datastore._record  # noqa: SLF001 - the SDK's own seam
    proof = azure_access.proof(record, datastore._credentials())  # noqa: SLF001
    # With its account's name, which an address of a machine does not tell.
    key = {"account_name": record.account_name, "account_key": proof.key} if proof.key else None
    return service_url(record, service), key or proof.for_client()


def _require_account(datastore: AbstractDatastore, what: str) -> None:
    record = datastore._record  # noqa: SLF001
    if record.type == "folder":
        raise UserErrorException(
            f"Datastore '{datastore.name}' is a folder, {record.folder}, and has no {what}. "
            "Use upload, upload_files and download, or the folder itself."
        )
    if not datastore.workspace._service.is_local:  # noqa: SLF001
        raise UserErrorException(
            f"Datastore '{datastore.name}' has no {what} here: its credentials stay on the server. "
            "Use upload, upload_files and download, which the server does for you."
        )


def _missing(library: str) -> UserErrorException:
    return UserErrorException(f"{library} is not installed. Run: pip install 'lazulite[azure]'")
