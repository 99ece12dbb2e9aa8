"""Datastores that v1 did not have: S3-compatible buckets, and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazulite.sdk.datastores.credentials import Credential
from lazulite.sdk.datastores.files import FileDatastore

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


class S3Datastore(FileDatastore):
    """A bucket of Amazon S3 or of any server that speaks its protocol. (Not in v1.)

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        bucket_name: The bucket.
        endpoint: The server's URL; None for Amazon's own.
        region: The bucket's region.
    """

    access_key_id = Credential("access_key_id")
    secret_access_key = Credential("secret_access_key")
    session_token = Credential("session_token")

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        bucket_name: str,
        endpoint: str | None = None,
        region: str | None = None,
    ) -> None:
        super().__init__(workspace, name, "S3")
        self.bucket_name = bucket_name
        self.endpoint = endpoint
        self.region = region


class LocalDatastore(FileDatastore):
    """A folder of the machine that the system runs on. (Not in v1.)

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        folder: The folder.
    """

    def __init__(self, workspace: Workspace, name: str, folder: str) -> None:
        super().__init__(workspace, name, "Local")
        self.folder = folder
