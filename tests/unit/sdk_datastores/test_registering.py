"""Datastores of every kind: registered, found again with v1's class and attributes, their credentials where they belong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from azureml.core import Datastore, Workspace
from azureml.data.azure_data_lake_datastore import AzureDataLakeDatastore, AzureDataLakeGen2Datastore
from azureml.data.azure_my_sql_datastore import AzureMySqlDatastore
from azureml.data.azure_postgre_sql_datastore import AzurePostgreSqlDatastore
from azureml.data.azure_sql_database_datastore import AzureSqlDatabaseDatastore
from azureml.data.azure_storage_datastore import AzureBlobDatastore, AzureFileDatastore
from azureml.data.dbfs_datastore import DBFSDatastore
from azureml.data.hdfs_datastore import HDFSDatastore
from azureml.data.sql_data_reference import SqlDataReference
from azureml.exceptions import UserErrorException
from lazulite.sdk.datastores.databases import SqlDatastore
from lazulite.sdk.datastores.other_places import LocalDatastore, S3Datastore

SECRET = "a-secret-of-the-test"
PRINCIPAL = {"tenant_id": "t", "client_id": "c", "client_secret": SECRET}
Register = Callable[..., Any]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One workspace for all: none of these tests leaves a datastore in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAZULITE_HOME", str(tmp_path_factory.mktemp("registering") / "home"))
        patch.delenv("LAZULITE_URL", raising=False)
        patch.delenv("DATABRICKS_HOST", raising=False)
        yield Workspace.create("first")


@pytest.fixture
def ws(shared: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.chdir(tmp_path)
    yield shared
    for name, datastore in shared.datastores.items():
        if not name.startswith("workspace"):
            datastore.unregister()


@pytest.fixture
def home(ws: Workspace) -> Path:
    return Path(ws._service.engine_status().location)


#: How each kind is registered, its class, attributes that anybody may see, and the one that holds the secret.
KINDS: dict[str, tuple[Register, dict[str, Any], type, dict[str, Any], str | None]] = {
    "blob by key": (
        Datastore.register_azure_blob_container,
        {"container_name": "c", "account_name": "a", "account_key": SECRET, "skip_validation": True},
        AzureBlobDatastore,
        {
            "container_name": "c",
            "account_name": "a",
            "protocol": "https",
            "endpoint": "core.windows.net",
            "is_sas": False,
            "credential_type": "AccountKey",
            "sas_token": None,
            "datastore_type": "AzureBlob",
        },
        "account_key",
    ),
    "blob by SAS": (
        Datastore.register_azure_blob_container,
        {
            "container_name": "c",
            "account_name": "a",
            "sas_token": "?" + SECRET,
            "endpoint": "http://127.0.0.1:10000/a",
            "skip_validation": True,
        },
        AzureBlobDatastore,
        {"protocol": "http", "is_sas": True, "credential_type": "Sas", "account_key": None},
        "sas_token",
    ),
    "blob by managed identity": (
        Datastore.register_azure_blob_container,
        {
            "container_name": "c",
            "account_name": "a",
            "grant_workspace_access": True,
            "subscription_id": "s",
            "resource_group": "g",
            "skip_validation": True,
        },
        AzureBlobDatastore,
        {
            "workspace_msi_has_access": True,
            "subscription_id": "s",
            "resource_group": "g",
            "credential_type": None,
        },
        None,
    ),
    "file share": (
        Datastore.register_azure_file_share,
        {"file_share_name": "f", "account_name": "a", "account_key": SECRET, "skip_validation": True},
        AzureFileDatastore,
        {"container_name": "f", "datastore_type": "AzureFile"},
        "account_key",
    ),
    "data lake": (
        Datastore.register_azure_data_lake,
        {"store_name": "lake", **PRINCIPAL},
        AzureDataLakeDatastore,
        {"store_name": "lake", "tenant_id": "t", "client_id": "c", "client_secret": None},
        None,
    ),
    "data lake gen2": (
        Datastore.register_azure_data_lake_gen2,
        {"filesystem": "f", "account_name": "a", **PRINCIPAL, "skip_validation": True},
        AzureDataLakeGen2Datastore,
        {
            "container_name": "f",
            "account_name": "a",
            "tenant_id": "t",
            "client_id": "c",
            "authority_url": "https://login.microsoftonline.com",
            "resource_url": "https://storage.azure.com/",
        },
        "client_secret",
    ),
    "azure sql": (
        Datastore.register_azure_sql_database,
        {
            "server_name": "s",
            "database_name": "d",
            "username": "u",
            "password": SECRET,
            "skip_validation": True,
        },
        AzureSqlDatabaseDatastore,
        {
            "server_name": "s.database.windows.net",
            "database_name": "d",
            "username": "u",
            "auth_type": "SqlAuthentication",
        },
        "password",
    ),
    "postgres": (
        Datastore.register_azure_postgre_sql,
        {
            "server_name": "db.example",
            "database_name": "d",
            "user_id": "u",
            "user_password": SECRET,
            "skip_validation": True,
        },
        AzurePostgreSqlDatastore,
        {"server_name": "db.example", "user_id": "u", "port_number": 5432, "enforce_ssl": True},
        "user_password",
    ),
    "mysql": (
        Datastore.register_azure_my_sql,
        {
            "server_name": "localhost",
            "database_name": "d",
            "user_id": "u",
            "user_password": SECRET,
            "port_number": 3307,
            "skip_validation": True,
        },
        AzureMySqlDatastore,
        {"server_name": "localhost", "port_number": 3307},
        "user_password",
    ),
    "any database": (
        Datastore.register_sql,
        {"url": f"postgresql+psycopg://u:{SECRET}@h:5433/d", "skip_validation": True},
        SqlDatastore,
        {"url": "postgresql+psycopg://u@h:5433/d"},
        "password",
    ),
    "hdfs": (
        Datastore.register_hdfs,
        {
            "protocol": "https",
            "namenode_address": "n:50470",
            "hdfs_server_certificate": None,
            "kerberos_realm": "R",
            "kerberos_kdc_address": "k",
            "kerberos_principal": "p",
            "kerberos_password": SECRET,
        },
        HDFSDatastore,
        {"namenode_address": "n:50470", "kerberos_realm": "R", "credential_type": "KerberosPassword"},
        "credential_value",
    ),
    "dbfs of local spark": (Datastore.register_dbfs, {}, DBFSDatastore, {"datastore_type": "DBFS"}, None),
    "dbfs": (
        Datastore.register_dbfs,
        {"host": "adb-1.azuredatabricks.net", "token": SECRET, "skip_validation": True},
        DBFSDatastore,
        {},
        None,
    ),
    "s3": (
        Datastore.register_s3,
        {
            "bucket_name": "b",
            "endpoint": "http://127.0.0.1:9000",
            "region": "r",
            "access_key_id": "me",
            "secret_access_key": SECRET,
            "skip_validation": True,
        },
        S3Datastore,
        {"bucket_name": "b", "endpoint": "http://127.0.0.1:9000", "region": "r", "access_key_id": "me"},
        "secret_access_key",
    ),
    "folder": (Datastore.register_local, {"folder": "."}, LocalDatastore, {"datastore_type": "Local"}, None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found_again_as_v1_has_it(ws: Workspace, home: Path, kind: str) -> None:
    register, arguments, cls, attributes, secret = KINDS[kind]
    made = register(ws, datastore_name="mine", **arguments)
    for found in (made, Datastore(ws, "mine"), ws.datastores["mine"]):
        assert type(found) is cls
        assert {name: getattr(found, name) for name in attributes} == attributes
        assert SECRET not in repr(found) + str(found)
        if secret:
            assert getattr(found, secret) == SECRET
    assert not [file for file in home.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]
    with pytest.raises(UserErrorException, match="overwrite=True"):
        register(ws, datastore_name="mine", **arguments)
    register(ws, datastore_name="mine", **arguments, overwrite=True)
    made.unregister()
    assert "mine" not in ws.datastores


@pytest.mark.parametrize("kind", ["azure sql", "postgres", "mysql", "any database", "hdfs"])
def test_what_has_no_files_says_what_to_use(ws: Workspace, kind: str) -> None:
    register, arguments, *_ = KINDS[kind]
    made = register(ws, datastore_name="mine", **arguments)
    with pytest.raises(UserErrorException, match=r"SqlDataReference|through Spark steps only"):
        made.upload(".", "data")
    with pytest.raises(UserErrorException, match=r"SqlDataReference|through Spark steps only"):
        made.download(".")


def test_a_folder_stands_for_what_was_switched_off(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    made = Datastore.register_azure_data_lake(ws, "lake", "lake", client_secret=SECRET)
    assert "switched off" in capsys.readouterr().out
    Path("in").mkdir()
    Path("in/a.csv").write_text("1")
    made.upload("in", "x")
    made.download("out")
    assert Path("out/x/a.csv").read_text() == "1"
    elsewhere = Datastore.register_azure_data_lake(ws, "other", "other", folder="in")
    assert str(Path("in").resolve()) in str(elsewhere)


def test_dbfs_without_a_host_is_what_local_spark_sees(ws: Workspace, home: Path) -> None:
    made = Datastore.register_dbfs(ws, "dbfs")
    assert str(made).endswith(f"{home}/workspaces/{ws._id}/databricks/dbfs")
    assert Datastore.register_dbfs(ws, "again")._record.folder == made._record.folder


BAD: list[tuple[Register, dict[str, Any], str]] = [
    (
        Datastore.register_azure_blob_container,
        {"container_name": "c", "account_name": "a", "sas_token": SECRET, "account_key": SECRET},
        "Both account_key and sas_token",
    ),
    (Datastore.register_azure_blob_container, {"container_name": "", "account_name": "a"}, "container_name"),
    (
        Datastore.register_azure_blob_container,
        {
            "container_name": "c",
            "account_name": "a",
            "endpoint": f"https://h/a?sig={SECRET}",
            "account_key": SECRET,
        },
        "without credentials",
    ),
    (
        Datastore.register_azure_blob_container,
        {"container_name": "c", "account_name": "a", "protocol": "ftp"},
        "https or http",
    ),
    (
        Datastore.register_azure_data_lake_gen2,
        {"filesystem": "f", "account_name": "a", "tenant_id": "t", "client_secret": SECRET},
        "client_id missing",
    ),
    (
        Datastore.register_s3,
        {"bucket_name": "b", "secret_access_key": SECRET},
        "belong together",
    ),
    (
        Datastore.register_azure_postgre_sql,
        {"server_name": "s", "database_name": "d", "user_id": "u", "user_password": ""},
        "user_password is missing",
    ),
    (
        Datastore.register_azure_my_sql,
        {"server_name": "s", "database_name": "d", "user_id": "u", "user_password": SECRET, "prot": 1},
        "does not know prot",
    ),
    (Datastore.register_sql, {"url": f"no url {SECRET}"}, "url cannot be read"),
    (Datastore.register_sql, {"url": f"nosuch://u:{SECRET}@h/d"}, "no database that SQLAlchemy knows"),
    (Datastore.register_sql, {"url": "sqlite:////no/such/folder/x.db"}, "cannot be reached"),
]


@pytest.mark.parametrize(("register", "arguments", "words"), BAD)
def test_what_cannot_be_used_is_told_and_nothing_is_written(
    ws: Workspace, register: Register, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(UserErrorException, match=words) as caught:
        register(ws, datastore_name="mine", **arguments)
    assert SECRET not in str(caught.value)
    assert "mine" not in ws.datastores


def test_any_database_is_tried_before_it_is_recorded(ws: Workspace, tmp_path: Path) -> None:
    made = Datastore.register_sql(ws, "sales", f"sqlite:///{tmp_path}/sales.db")
    assert made.url == f"sqlite:///{tmp_path}/sales.db"


def test_without_credentials_it_is_said_aloud(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    Datastore.register_s3(ws, "lake", "lake", skip_validation=True)
    assert "without credentials" in capsys.readouterr().out


def test_rows_of_a_database_are_named_in_one_way(ws: Workspace) -> None:
    reference = SqlDataReference("sales", sql_query="SELECT 1")
    assert (reference.data_reference_name, reference.sql_query, reference.sql_table) == (
        "sales",
        "SELECT 1",
        None,
    )
    for given in ({}, {"sql_query": "SELECT 1", "sql_table": "t"}):
        with pytest.raises(UserErrorException, match="Expected one of"):
            SqlDataReference("sales", **given)  # type: ignore[arg-type]
    with pytest.raises(UserErrorException, match="DataTransferStep"):
        reference.as_mount()
