"""`lazulite datastores register`: a command for each kind."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lazulite.cli.display import json_option, show_json
from lazulite.cli.given_secrets import given_secret, secret_option
from lazulite.cli.place import place, workspace_option

if TYPE_CHECKING:
    from lazulite.model.assets import Datastore as Record

Command = TypeVar("Command", bound=Callable[..., Any])
#: A file's bytes are nothing to look at.
NOT_SHOWN = frozenset({"certificate"})
_AUTH = {
    "account-key": ("account_key", "Account key"),
    "sas": ("sas_token", "Shared access signature (SAS)"),
}
_OTHER_AUTH = ("managed-identity", "environment", "anonymous")


@click.group()
def register() -> None:
    """Register a datastore, after trying whether it can be reached.

    A secret is asked for, or read from the environment variable that --secret-env names. It is kept sealed.
    """


def _common(command: Command) -> Command:
    for option in (
        json_option,
        workspace_option,
        click.option("--default", "set_as_default", is_flag=True, help="Make it the workspace's default."),
        click.option("--skip-validation", is_flag=True, help="Do not try whether it can be reached."),
        click.option("--overwrite", is_flag=True, help="Let NAME mean this if it means something else."),
    ):
        command = option(command)
    return command


def _account(command: Command) -> Command:
    for option in (
        secret_option,
        click.option(
            "--auth",
            type=click.Choice([*_AUTH, *_OTHER_AUTH]),
            default="account-key",
            show_default=True,
            help="How it is reached.",
        ),
        click.option("--create", "create_if_not_exists", is_flag=True, help="Make it if it is not there."),
        click.option(
            "--endpoint",
            metavar="ADDRESS",
            help="What follows the account's name, or a whole URL.  [default: core.windows.net]",
        ),
        click.option("--account", "account_name", metavar="NAME", required=True, help="The storage account."),
    ):
        command = option(command)
    return command


@register.command("blob")
@click.argument("name")
@click.option("--container", "container_name", metavar="NAME", required=True, help="The blob container.")
@_account
@_common
def blob(
    name: str, workspace: str | None, set_as_default: bool, auth: str, variable: str | None, **given: Any
) -> None:
    """Register a container of Azure Blob Storage, or of an Azurite."""
    from lazulite.sdk.datastore import Datastore

    given |= _account_login(auth, variable)
    given |= {"grant_workspace_access": auth == "managed-identity", "anonymous": auth == "anonymous"}
    _register(Datastore.register_azure_blob_container, name, workspace, set_as_default, given)


@register.command("file-share")
@click.argument("name")
@click.option("--share", "file_share_name", metavar="NAME", required=True, help="The file share.")
@_account
@_common
def file_share(
    name: str, workspace: str | None, set_as_default: bool, auth: str, variable: str | None, **given: Any
) -> None:
    """Register a share of Azure Files."""
    from lazulite.sdk.datastore import Datastore

    given |= _account_login(auth, variable)
    _register(Datastore.register_azure_file_share, name, workspace, set_as_default, given)


@register.command("data-lake-gen2")
@click.argument("name")
@click.option("--filesystem", metavar="NAME", required=True, help="The file system.")
@click.option("--tenant", "tenant_id", metavar="ID", help="With --client: reach it as a service principal.")
@click.option("--client", "client_id", metavar="ID", help="The service principal's id.")
@_account
@_common
def data_lake_gen2(
    name: str,
    workspace: str | None,
    set_as_default: bool,
    auth: str,
    variable: str | None,
    client_id: str | None,
    **given: Any,
) -> None:
    """Register a file system of Azure Data Lake Storage Gen2."""
    from lazulite.sdk.datastore import Datastore

    if client_id:
        secret = given_secret("Client secret", variable)
        given |= {"client_id": client_id, "client_secret": secret}
    else:
        given |= _account_login(auth, variable) | {"grant_workspace_access": auth == "managed-identity"}
    _register(Datastore.register_azure_data_lake_gen2, name, workspace, set_as_default, given)


@register.command("s3")
@click.argument("name")
@click.option("--bucket", "bucket_name", metavar="NAME", required=True, help="The bucket.")
@click.option("--endpoint", metavar="URL", help="The server's URL.  [default: Amazon's]")
@click.option("--region", metavar="NAME", help="The bucket's region.")
@click.option("--access-key-id", metavar="ID", help="The access key's id; the key itself is the secret.")
@click.option("--anonymous", is_flag=True, help="Use no credentials.")
@secret_option
@_common
def s3(
    name: str,
    workspace: str | None,
    set_as_default: bool,
    access_key_id: str | None,
    variable: str | None,
    **given: Any,
) -> None:
    """Register a bucket of Amazon S3, or of a server that speaks its protocol.

    Without --access-key-id and --anonymous, the AWS_… variables of the machine that runs the steps count.
    """
    from lazulite.sdk.datastore import Datastore

    if access_key_id:
        secret = given_secret("Secret access key", variable)
        given |= {"access_key_id": access_key_id, "secret_access_key": secret}
    _register(Datastore.register_s3, name, workspace, set_as_default, given)


@register.command("dbfs")
@click.argument("name")
@click.option("--host", metavar="URL", help="The Databricks workspace; its access token is the secret.")
@secret_option
@_common
def dbfs(
    name: str,
    workspace: str | None,
    set_as_default: bool,
    host: str | None,
    variable: str | None,
    **given: Any,
) -> None:
    """Register the file system of Databricks; without --host, the folder that stands for it on local Spark."""
    from lazulite.sdk.datastore import Datastore

    if host:
        given |= {"host": host, "token": given_secret("Access token", variable)}
    _register(Datastore.register_dbfs, name, workspace, set_as_default, given)


@register.command("database")
@click.argument("name")
@click.argument("url")
@click.option("--no-password", is_flag=True, help="There is none, as of an SQLite file.")
@secret_option
@_common
def database(
    name: str,
    url: str,
    no_password: bool,
    workspace: str | None,
    set_as_default: bool,
    variable: str | None,
    **given: Any,
) -> None:
    """Register a database by its SQLAlchemy URL, without the password.

    Such as postgresql+psycopg://USER@HOST/DATABASE, mysql+pymysql://…, mssql+pymssql://…, sqlite:////FILE.
    """
    from lazulite.sdk.datastore import Datastore

    if not no_password and not url.startswith("sqlite"):
        given["password"] = given_secret("Password", variable)
    _register(Datastore.register_sql, name, workspace, set_as_default, {"url": url, **given})


@register.command("folder")
@click.argument("name")
@click.argument("folder", type=click.Path(file_okay=False))
@json_option
@workspace_option
@click.option("--create", "create_if_not_exists", is_flag=True, help="Make it if it is not there.")
@click.option("--default", "set_as_default", is_flag=True, help="Make it the workspace's default.")
@click.option("--overwrite", is_flag=True, help="Let NAME mean this if it means something else.")
def folder_of_files(
    name: str, folder: str, workspace: str | None, set_as_default: bool, **given: Any
) -> None:
    """Register a folder of the machine that the system runs on."""
    from lazulite.sdk.datastore import Datastore

    _register(Datastore.register_local, name, workspace, set_as_default, {"folder": folder, **given})


def _account_login(auth: str, variable: str | None) -> dict[str, str]:
    if auth not in _AUTH:
        return {}
    parameter, what = _AUTH[auth]
    return {parameter: given_secret(what, variable)}


def _register(
    method: Callable[..., Any], name: str, workspace: str | None, set_as_default: bool, given: dict[str, Any]
) -> None:
    as_json = given.pop("as_json")
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        made = method(place(workspace).workspace(), name, **given)
    if set_as_default:
        made.set_as_default()
    click.echo(told.getvalue(), nl=False, err=as_json)
    if as_json:
        show_json(document(made._record, made.name if set_as_default else ""))  # noqa: SLF001 - the SDK's own seam
    else:
        click.echo(f"Registered {made}.")


def document(record: Record, default: str) -> dict[str, Any]:
    """A datastore as data, for `--json`; `default` is the name of the workspace's default datastore."""
    from lazulite.model.places import place_of

    return {
        "name": record.name,
        "type": record.face,
        "is_default": record.name == default,
        "kind": record.type,
        "where": place_of(record),
        "folder": record.folder or None,
        "account_name": record.account_name or None,
        "container_name": record.container_name or None,
        "endpoint": record.endpoint or None,
        "auth": record.auth or None,
        "options": {key: value for key, value in record.options.items() if key not in NOT_SHOWN},
    }
