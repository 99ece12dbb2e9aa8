"""Microsoft's own clients of a storage account, for code that asks a datastore for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.abstract_datastore import AbstractDatastore


def blob_client(datastore: AbstractDatastore) -> Any:
    """Return a `BlobServiceClient` for the account of a datastore.

    Raises:
        UserErrorException: there is none.
    """
    raise _no_client(datastore, "blob_service")


def share_client(datastore: AbstractDatastore) -> Any:
    """Return a `ShareServiceClient` for the account of a datastore.

    Raises:
        UserErrorException: there is none.
    """
    raise _no_client(datastore, "file_service")


def _no_client(datastore: AbstractDatastore, what: str) -> UserErrorException:
    return UserErrorException(
        f"Datastore '{datastore.name}' is a folder, {datastore._record.folder}, and has no {what}. "  # noqa: SLF001
        "Use upload, upload_files and download, or the folder itself."
    )
