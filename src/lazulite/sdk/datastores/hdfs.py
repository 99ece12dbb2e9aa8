"""HDFS clusters. v1: `azureml.data.hdfs_datastore`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazulite.sdk.datastores.credentials import Credential
from lazulite.sdk.datastores.files import FileDatastore

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


class HDFSDatastore(FileDatastore):
    """An HDFS cluster, which Spark steps read and write. Uploading and downloading are refused.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        protocol: http or https, of the name node.
        namenode_address: Its host, with the port where it is another than usual.
        hdfs_server_certificate_data: The name node's certificate, as base64; None for one that anybody signed.
        kerberos_realm: The realm of the principal.
        kerberos_kdc_address: The host that gives tickets.
        kerberos_principal: As whom the cluster is used.
        credential_value: The keytab as base64, or the password.
        credential_type: KerberosKeytab or KerberosPassword.

    v1: `azureml.data.hdfs_datastore.HDFSDatastore`.
    """

    _keytab = Credential("kerberos_keytab")
    _password = Credential("kerberos_password")

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        protocol: str,
        namenode_address: str,
        hdfs_server_certificate_data: str | None,
        kerberos_realm: str,
        kerberos_kdc_address: str,
        kerberos_principal: str,
        credential_value: str | None,
        credential_type: str,
    ) -> None:
        super().__init__(workspace, name, "Hdfs")
        self.protocol = protocol
        self.namenode_address = namenode_address
        self.hdfs_server_certificate_data = hdfs_server_certificate_data
        self.kerberos_realm = kerberos_realm
        self.kerberos_kdc_address = kerberos_kdc_address
        self.kerberos_principal = kerberos_principal
        self.credential_type = credential_type
        if credential_value is not None:
            self._keytab = credential_value

    @property
    def credential_value(self) -> str | None:
        """The keytab as base64, or the password. Of a server's datastore None."""
        return self._keytab or self._password
