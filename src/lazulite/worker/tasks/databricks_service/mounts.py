"""Secrets by which a cluster reaches the data: v1's widgets for mounting, and settings of a new cluster's Spark.

v1's names: `<n>_blob_secretname` and `<n>_blob_config` of a blob container, `<n>_adls_clientid`, `_adls_secretname` and
`_adls_refresh_url` of a Data Lake store, for each input and output `<n>`; the secrets are in the scope `amlscope`. They
are put there for the run and deleted after it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lazulite.api.home_secrets import credentials
from lazulite.model.assets import Datastore
from lazulite.model.errors import LazuliteError
from lazulite.model.job import JobInput, JobOutput
from lazulite.worker.tasks.databricks_service.failures import in_words
from lazulite.worker.tasks.order import TaskOrder

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

SCOPE = "amlscope"
_AUTHORITY = "https://login.microsoftonline.com"


@dataclass(frozen=True)
class Mount:
    """How one input or output is reached: the secret, the widgets that name it, the settings of Spark."""

    key: str
    value: str = field(repr=False)
    widgets: Mapping[str, str] = field(default_factory=dict)
    spark_conf: Mapping[str, str] = field(default_factory=dict)


def mounts(order: TaskOrder) -> tuple[Mount, ...]:
    """Return what the data of the step need, as far as their datastores have credentials that a cluster can use."""
    places = {**order.inputs, **order.outputs}
    declared: tuple[JobInput | JobOutput, ...] = (*order.job.inputs, *order.job.outputs)
    found = (
        _mount(order, item.name, order.job.datastores[item.datastore], places[item.name]) for item in declared
    )
    return tuple(one for one in found if one is not None)


def put(client: WorkspaceClient, wanted: tuple[Mount, ...]) -> tuple[Mount, ...]:
    """Put the secrets into the scope, which is made if it is not there; return those that are there now.

    A workspace that permits no scope of one's own (standard tier) gets none: its secrets would be everybody's.
    """
    from databricks.sdk import errors

    if not wanted:
        return ()
    with in_words("putting the data's credentials into a secret scope", client.config.host):
        try:
            client.secrets.create_scope(SCOPE)
        except errors.ResourceAlreadyExists:
            pass
        except errors.BadRequest as error:
            print(
                f"The secret scope {SCOPE!r} could not be made ({error}): the cluster gets no credentials for the data, "
                "and reaches them only by its own.",
                flush=True,
            )
            return ()
        for one in wanted:
            client.secrets.put_secret(SCOPE, one.key, string_value=one.value)
    return wanted


def delete(client: WorkspaceClient, keys: tuple[str, ...]) -> None:
    """Delete secrets; one that cannot be deleted stays, and a line says so."""
    from databricks.sdk import errors

    for key in keys:
        try:
            with in_words("deleting a secret", client.config.host), contextlib.suppress(errors.NotFound):
                client.secrets.delete_secret(SCOPE, key)
        except LazuliteError as error:  # the run is over, and its outcome counts
            print(f"The secret {key} of the scope {SCOPE} could not be deleted: {error}", flush=True)


def _mount(order: TaskOrder, name: str, datastore: Datastore, address: str) -> Mount | None:
    secret = credentials(order.job.home, datastore.secret)
    parts = urlsplit(address)
    key = f"lazulite-{order.job.run_id}-{name}"
    if datastore.auth in ("account_key", "sas") and parts.scheme in ("wasbs", "wasb", "abfss", "abfs"):
        sas = datastore.auth == "sas"
        host = parts.hostname or ""
        container = parts.username or ""
        setting = f"fs.azure.sas.{container}.{host}" if sas else f"fs.azure.account.key.{host}"
        return Mount(
            key,
            secret.get("sas_token" if sas else "account_key", ""),
            {f"{name}_blob_secretname": key, f"{name}_blob_config": setting},
            {f"spark.hadoop.{setting}": _reference(key)},
        )
    if datastore.auth == "service_principal" and parts.scheme in ("abfss", "abfs", "adl"):
        return _of_principal(name, key, secret.get("client_secret", ""), datastore, parts.hostname or "")
    return None


def _of_principal(name: str, key: str, secret: str, datastore: Datastore, host: str) -> Mount:
    options = datastore.options
    authority = (options.get("authority_url") or _AUTHORITY).rstrip("/")
    refresh = f"{authority}/{options.get('tenant_id', '')}/oauth2/token"
    client = options.get("client_id", "")
    settings = {
        "auth.type": "OAuth",
        "oauth.provider.type": "org.apache.hadoop.fs.azurebfs.oauth2.ClientCredsTokenProvider",
        "oauth2.client.id": client,
        "oauth2.client.secret": _reference(key),
        "oauth2.client.endpoint": refresh,
    }
    return Mount(
        key,
        secret,
        {
            f"{name}_adls_clientid": client,
            f"{name}_adls_secretname": key,
            f"{name}_adls_refresh_url": refresh,
        },
        {f"spark.hadoop.fs.azure.account.{setting}.{host}": value for setting, value in settings.items()},
    )


def _reference(key: str) -> str:
    """How a cluster's setting names a secret, so that its value stands nowhere."""
    return f"{{{{secrets/{SCOPE}/{key}}}}}"


def merged(there: tuple[Mount, ...], of: str) -> dict[str, str]:
    """Return the `widgets` or the `spark_conf` of all."""
    return dict(_pairs(there, of))


def _pairs(there: tuple[Mount, ...], of: str) -> Iterator[tuple[str, str]]:
    for one in there:
        yield from getattr(one, of).items()
