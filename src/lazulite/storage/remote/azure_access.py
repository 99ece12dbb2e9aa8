"""Where an Azure storage account is, and how to prove who we are: for containers and for file shares."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from lazulite.model.assets import Datastore
from lazulite.model.errors import InvalidRequest
from lazulite.storage.remote.failures import StoreUnusable, missing_library

#: Variables by which `azure.identity` finds an identity.
_IDENTITY_VARIABLES = (
    "AZURE_CLIENT_ID",
    "AZURE_FEDERATED_TOKEN_FILE",
    "IDENTITY_ENDPOINT",
    "MSI_ENDPOINT",
)


@dataclass(frozen=True)
class Proof:
    """What proves who we are: at most one of the three; none of them is access without."""

    key: str = ""
    sas: str = ""
    #: One of `azure.identity`'s objects, which get tokens.
    tokens: Any = None

    def for_client(self) -> Any:
        """As Microsoft's libraries take it."""
        return self.key or self.sas or self.tokens


def proof(record: Datastore, secret: Mapping[str, Any]) -> Proof:
    """Return the proof that a record names.

    Raises:
        InvalidRequest: the record lacks something, or the library for tokens is not installed.
        StoreUnusable: the SAS has ended.
    """
    if record.auth == "account_key":
        return Proof(key=_key(record, needed(record, secret, "account_key")))
    if record.auth == "sas":
        return Proof(sas=_valid(record, needed(record, secret, "sas_token")))
    if record.auth == "anonymous":
        return Proof()
    if record.auth == "environment":
        return _from_environment(record)
    return Proof(tokens=_tokens(record, secret))


def _from_environment(record: Datastore) -> Proof:
    """What the machine offers, as Azure's own tools look for it; nothing at all is access without proof."""
    key = os.environ.get("AZURE_STORAGE_KEY") or os.environ.get("AZURE_STORAGE_ACCOUNT_KEY")
    if key:
        return Proof(key=key)
    if sas := os.environ.get("AZURE_STORAGE_SAS_TOKEN"):
        return Proof(sas=_valid(record, sas))
    signed_in = (
        Path(os.environ.get("AZURE_CONFIG_DIR") or Path.home() / ".azure") / "azureProfile.json"
    ).exists()
    if signed_in or any(os.environ.get(name) for name in _IDENTITY_VARIABLES):
        return Proof(tokens=_tokens(record, {}))
    return Proof()


def _tokens(record: Datastore, secret: Mapping[str, Any]) -> Any:
    try:
        from azure import identity
    except ImportError as error:
        raise missing_library(f"Datastore '{record.name}'", "azure", error) from error
    options = record.options
    if record.auth == "service_principal":
        return identity.ClientSecretCredential(
            needed(record, options, "tenant_id"),
            needed(record, options, "client_id"),
            needed(record, secret, "client_secret"),
            **({"authority": options["authority_url"]} if options.get("authority_url") else {}),
        )
    if record.auth == "managed_identity":
        return identity.ManagedIdentityCredential(client_id=options.get("client_id") or None)
    if record.auth == "environment":
        return identity.DefaultAzureCredential()
    raise InvalidRequest(
        f"Datastore '{record.name}' has auth {record.auth!r}. Expected account_key, sas, service_principal, "
        "managed_identity, environment or anonymous.",
        auth=record.auth,
    )


def needed(record: Datastore, values: Mapping[str, Any], name: str) -> str:
    """Return a value that the kind of credential needs."""
    if not values.get(name):
        raise InvalidRequest(
            f"Datastore '{record.name}' lacks {name!r}, which auth {record.auth!r} needs. Register it again with it.",
            missing=name,
        )
    return str(values[name])


def _key(record: Datastore, key: str) -> str:
    """The key, if it can be one; what the libraries say of another they say in words of their own."""
    try:
        base64.b64decode(key, validate=True)
    except ValueError:
        raise StoreUnusable(
            f"The account key of datastore '{record.name}' is none: expected base64 text, as Azure shows it. Register the "
            "datastore again with it.",
            datastore=record.name,
        ) from None
    return key


def _valid(record: Datastore, sas: str) -> str:
    """Return a SAS as it goes into an address; one whose end has passed the server would only call wrong."""
    sas = sas.lstrip("?")
    ends = parse_qs(sas).get("se", [""])[0]
    try:
        moment = datetime.fromisoformat(ends.replace("Z", "+00:00"))
    except ValueError:
        return sas
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    if moment < datetime.now(timezone.utc):
        raise StoreUnusable(
            f"The SAS of datastore '{record.name}' ended at {moment:%Y-%m-%d %H:%M} UTC. Make a new one and register "
            "the datastore again with it.",
            datastore=record.name,
        )
    return sas


def denied(record: Datastore, where: str, code: str) -> StoreUnusable:
    """Return the error for credentials that were not accepted."""
    said = f" ({code})" if code else ""
    what = {
        "account_key": "the account key is wrong, or access by key is switched off for the account",
        "sas": "the SAS is wrong, has ended, or does not permit this: reading, listing, writing and deleting need "
        "its r, l, c, w and d",
        "environment": "neither the environment of this machine nor access without credentials is accepted",
        "anonymous": "it does not permit access without credentials",
    }.get(
        record.auth,
        "the identity is not accepted (a wrong secret, tenant or client id), or has no role that permits this: reading and writing need 'Storage Blob Data Contributor' (of a "
        "file share 'Storage File Data Privileged Contributor')",
    )
    return StoreUnusable(
        f"Datastore '{record.name}' was refused by {where}{said}: {what}. Register it again with credentials that are "
        "accepted.",
        datastore=record.name,
        code=code,
    )
