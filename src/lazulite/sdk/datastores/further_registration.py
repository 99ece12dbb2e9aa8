"""Registering what is neither storage nor a database of Azure: DBFS, HDFS, S3-compatible buckets, folders."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from lazulite.model.assets import Datastore as Record
from lazulite.sdk.datastores.registry import Login, checked_endpoint, known, needed, register
from lazulite.sdk.exceptions import UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.datastores.dbfs import DBFSDatastore
    from lazulite.sdk.datastores.hdfs import HDFSDatastore
    from lazulite.sdk.datastores.other_places import LocalDatastore, S3Datastore
    from lazulite.sdk.workspace import Workspace


class FurtherRegistration:
    """The other kinds of datastore."""

    @staticmethod
    def register_dbfs(
        workspace: Workspace,
        datastore_name: str,
        *,
        host: str | None = None,
        token: str | None = None,
        overwrite: bool = False,
        skip_validation: bool = False,
    ) -> DBFSDatastore:
        """Register the file system of Databricks as a datastore.

        Args:
            workspace: The workspace.
            datastore_name: Its name: letters, digits and `_`; upper case becomes lower case, with a warning.
            host: The URL of the Databricks workspace. Without it, and without the variable DATABRICKS_HOST, a folder of
                the home stands for DBFS, as local Spark sees it. (Not in v1, as what follows.)
            token: A personal access token; without it the DATABRICKS_… variables of the machine that runs the steps.
            overwrite: Let the name mean this file system if it means something else.
            skip_validation: Do not try host and token before they are written.

        Raises:
            UserErrorException: the name is not allowed or taken, or the workspace cannot be reached with the token.
        """
        where = host or os.environ.get("DATABRICKS_HOST")
        if not where:
            record = Record(datastore_name, face="DBFS", container_name="dbfs")
            made = register(workspace, record, overwrite=overwrite, skip_validation=True)
            print(
                f"Datastore '{made.name}': no Databricks workspace is named (host=…), so the folder "
                f"{made._record.folder} stands for dbfs:/."  # noqa: SLF001
            )
            return cast("DBFSDatastore", made)
        address = where if "://" in where else f"https://{where}"
        login = Login("token", {"token": token}) if token else Login("environment")
        record = Record(
            datastore_name,
            type="dbfs",
            face="DBFS",
            container_name="dbfs",
            endpoint=checked_endpoint(address, ""),
            auth=login.auth,
        )
        made = register(
            workspace, record, login.credentials, overwrite=overwrite, skip_validation=skip_validation
        )
        return cast("DBFSDatastore", made)

    @staticmethod
    def register_hdfs(
        workspace: Workspace,
        datastore_name: str,
        protocol: str,
        namenode_address: str,
        hdfs_server_certificate: str | None,
        kerberos_realm: str,
        kerberos_kdc_address: str,
        kerberos_principal: str,
        kerberos_keytab: str | None = None,
        kerberos_password: str | None = None,
        overwrite: bool = False,
    ) -> HDFSDatastore:
        """Register an HDFS cluster as a datastore, for Spark steps. Nothing is tried: Lazulite itself does not read it.

        Args:
            workspace: The workspace.
            datastore_name: Its name: letters, digits and `_`; upper case becomes lower case, with a warning.
            protocol: http or https, of the name node.
            namenode_address: Its host, with the port where it is another than usual.
            hdfs_server_certificate: The file of the name node's certificate; None for one that anybody signed.
            kerberos_realm: The realm of the principal.
            kerberos_kdc_address: The host that gives tickets.
            kerberos_principal: As whom the cluster is used.
            kerberos_keytab: The principal's keytab file, instead of a password. Its bytes are kept, sealed.
            kerberos_password: The principal's password, instead of a keytab.
            overwrite: Let the name mean this cluster if it means something else.

        Raises:
            UserErrorException: the name is not allowed or taken; keytab and password are given, or neither; or a file
                cannot be read.
        """
        if bool(kerberos_keytab) == bool(kerberos_password):
            raise UserErrorException("Give either kerberos_keytab or kerberos_password.")
        certificate = _bytes_of(hdfs_server_certificate) if hdfs_server_certificate else None
        secret = (
            {"kerberos_keytab": _bytes_of(kerberos_keytab)}
            if kerberos_keytab
            else {"kerberos_password": str(kerberos_password)}
        )
        record = Record(
            datastore_name,
            type="hdfs",
            face="Hdfs",
            account_name=needed(namenode_address, "namenode_address"),
            protocol=needed(protocol, "protocol"),
            auth="password",
            options=known(
                certificate=certificate,
                kerberos_realm=kerberos_realm,
                kerberos_kdc_address=kerberos_kdc_address,
                kerberos_principal=kerberos_principal,
                credential_type="KerberosKeytab" if kerberos_keytab else "KerberosPassword",
            ),
        )
        made = register(workspace, record, secret, overwrite=overwrite, skip_validation=True)
        return cast("HDFSDatastore", made)

    @staticmethod
    def register_s3(
        workspace: Workspace,
        datastore_name: str,
        bucket_name: str,
        endpoint: str | None = None,
        region: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        session_token: str | None = None,
        overwrite: bool = False,
        skip_validation: bool = False,
        set_as_default: bool = False,
        anonymous: bool = False,
        create_if_not_exists: bool = False,
    ) -> S3Datastore:
        """Register a bucket of Amazon S3, or of any server that speaks its protocol, as a datastore. (Not in v1.)

        Args:
            workspace: The workspace.
            datastore_name: Its name: letters, digits and `_`; upper case becomes lower case, with a warning.
            bucket_name: The bucket.
            endpoint: The server's URL; without it Amazon's own.
            region: The bucket's region.
            access_key_id: An access key's id; without it the AWS_… variables of the machine that runs the steps.
            secret_access_key: The access key.
            session_token: The token that belongs to a temporary access key.
            overwrite: Let the name mean this bucket if it means something else.
            skip_validation: Do not try bucket and credentials before they are written.
            set_as_default: Make it the workspace's default datastore.
            anonymous: Use no credentials, as for a public bucket.
            create_if_not_exists: Make the bucket if it is not there.

        Raises:
            UserErrorException: the name is not allowed or taken; the key is given by half; or the bucket cannot be
                reached, in the storage's words. Nothing is written then.

        Example:
            `Datastore.register_s3(ws, "lake", "lake", endpoint="https://minio.example:9000",
            access_key_id="me", secret_access_key=os.environ["KEY"])`
        """
        if bool(access_key_id) != bool(secret_access_key):
            raise UserErrorException(
                "access_key_id and secret_access_key belong together. Give both or none."
            )
        keys = known(
            access_key_id=access_key_id, secret_access_key=secret_access_key, session_token=session_token
        )
        record = Record(
            datastore_name,
            type="s3",
            face="S3",
            container_name=needed(bucket_name, "bucket_name"),
            endpoint=checked_endpoint(endpoint, ""),
            auth="access_key" if access_key_id else "anonymous" if anonymous else "environment",
            options=known(region=region),
        )
        made = register(
            workspace,
            record,
            keys if access_key_id else None,
            overwrite=overwrite,
            skip_validation=skip_validation,
            create=create_if_not_exists,
            set_as_default=set_as_default,
        )
        return cast("S3Datastore", made)

    @staticmethod
    def register_local(
        workspace: Workspace,
        datastore_name: str,
        folder: str | os.PathLike[str],
        overwrite: bool = False,
        create_if_not_exists: bool = False,
        set_as_default: bool = False,
    ) -> LocalDatastore:
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
        with v1_errors():
            place = _folder(folder, create=create_if_not_exists, here=workspace._service.is_local)  # noqa: SLF001
        record = Record(
            datastore_name, face="Local", folder=str(place), container_name=place.name, account_name="local"
        )
        made = register(
            workspace, record, overwrite=overwrite, skip_validation=True, set_as_default=set_as_default
        )
        return cast("LocalDatastore", made)


def _bytes_of(file: str) -> str:
    """The bytes of a file, as base64."""
    try:
        return base64.b64encode(Path(file).expanduser().read_bytes()).decode("ascii")
    except OSError as error:
        raise UserErrorException(f"The file {file} cannot be read ({error.strerror}).") from error


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
