"""Registering a datastore: tried on the real thing first, then written to the workspace's records."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.assets import Datastore as Record
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import Conflict, NotFound
from lazulite.sdk.exceptions import UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.abstract_datastore import AbstractDatastore
    from lazulite.sdk.workspace import Workspace

#: Every workspace has these; their folders hold what its runs wrote.
_BUILT_IN = ("workspaceblobstore", "workspacefilestore")


@dataclass(frozen=True)
class Login:
    """How a datastore is reached: a word of `Record.auth`, what is secret, and what is not."""

    auth: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


def register(
    workspace: Workspace,
    record: Record,
    credentials: Mapping[str, str] | None = None,
    *,
    overwrite: bool = False,
    skip_validation: bool = False,
    create: bool = False,
    set_as_default: bool = False,
) -> AbstractDatastore:
    """Write a datastore to the workspace's records and return it.

    Args:
        workspace: The workspace.
        record: What it is, without credentials; its name in any case.
        credentials: What is needed to reach it. They go to the service, which seals them.
        overwrite: Let the name mean this one if it means another.
        skip_validation: Do not try whether it can be reached.
        create: Make its container if it is not there.
        set_as_default: Make it the workspace's default datastore.

    Raises:
        UserErrorException: the name is not allowed or taken, or the place cannot be reached; nothing was written then.
    """
    from lazulite.sdk.datastores.faces import datastore_of

    name = lower(record.name)
    service, identifier = workspace._service, workspace._id  # noqa: SLF001 - the SDK's own seam
    given = {key: value for key, value in (credentials or {}).items() if value}
    with v1_errors():
        ids.checked("datastore", name)
        _refuse_built_in(name)
        if not overwrite:
            _refuse_taken(workspace, name)
        document = to_data(replace(record, name=name, secret=json.dumps(given) if given else ""))
        asset = Asset(AssetKind.DATASTORE, name, document)
        if create or not skip_validation:
            service.check_datastore(identifier, asset, create=create)
        try:
            stored = service.put_asset(identifier, asset, overwrite=overwrite)
        except Conflict as error:  # somebody was quicker
            raise _taken(workspace, name) from error
    made = datastore_of(workspace, from_data(Record, stored.document))
    if record.auth == "environment":
        print(
            f"Datastore '{name}' was registered without credentials: it is reached with what the environment of the "
            "machine that runs the steps gives (AZURE_… or AWS_… variables, a signed-in identity), else anonymously."
        )
    if set_as_default:
        made.set_as_default()
    return made


def lower(name: object) -> str:
    """Return a datastore's name in lower case, with a warning if it was not.

    Raises:
        UserErrorException: it is no text.
    """
    if not isinstance(name, str):
        raise UserErrorException(f"{name!r} is not the name of a datastore. Expected text.")
    if name != name.lower():
        warnings.warn(
            f"Names of datastores are lower case: {name!r} is read as {name.lower()!r}.", stacklevel=4
        )
    return name.lower()


def needed(value: Any, what: str) -> str:
    """Return a value that must be text.

    Raises:
        UserErrorException: it is none, or empty.
    """
    if not isinstance(value, str) or not value.strip():
        raise UserErrorException(f"{what} is {value!r}. Expected text.")
    return value


def checked_endpoint(endpoint: str | None, otherwise: str) -> str:
    """Return what follows an account's name in its address, or the whole URL that was given instead.

    Raises:
        UserErrorException: it holds what is no address, such as a SAS token: addresses are shown to everybody.
    """
    given = (endpoint or otherwise).strip().rstrip("/")
    if any(sign in given for sign in "?@# "):
        raise UserErrorException(
            "endpoint is no address: it holds '?', '@', '#' or a space. Expected one such as core.windows.net or "
            "https://host:port/account, without credentials; those have parameters of their own."
        )
    return given


def account_login(
    account_key: str | None,
    sas_token: str | None,
    grant_workspace_access: bool = False,
    anonymous: bool = False,
) -> Login:
    """Return how a storage account is reached, by v1's parameters.

    Raises:
        UserErrorException: two ways are given.
    """
    if account_key and sas_token:
        raise UserErrorException("Both account_key and sas_token are given. Expected one of them.")
    if account_key:
        return Login("account_key", {"account_key": account_key})
    if sas_token:
        return Login("sas", {"sas_token": sas_token.lstrip("?")})
    if anonymous:
        return Login("anonymous")
    return Login("managed_identity" if grant_workspace_access else "environment")


def principal_login(
    tenant_id: str | None,
    client_id: str | None,
    client_secret: str | None,
    resource_url: str | None,
    authority_url: str | None,
) -> Login | None:
    """Return how something is reached as a service principal; None if none is given.

    Raises:
        UserErrorException: only a part of tenant, id and secret is given.
    """
    given = {"tenant_id": tenant_id, "client_id": client_id, "client_secret": client_secret}
    missing = [name for name, value in given.items() if not value]
    if len(missing) == len(given):
        return None
    if missing:
        raise UserErrorException(
            f"A service principal needs tenant_id, client_id and client_secret; {' and '.join(missing)} missing."
        )
    options = {
        "tenant_id": str(tenant_id),
        "client_id": str(client_id),
        "resource_url": resource_url or "https://storage.azure.com/",
        "authority_url": authority_url or "https://login.microsoftonline.com",
    }
    return Login("service_principal", {"client_secret": str(client_secret)}, options)


def known(**options: Any) -> dict[str, str]:
    """Return the options that are given, as texts."""
    return {name: str(value) for name, value in options.items() if value is not None}


def _refuse_built_in(name: str) -> None:
    if name in _BUILT_IN:
        raise UserErrorException(
            f"'{name}' is a datastore that every workspace has; runs keep their files there. "
            "Choose another name, and make that the default if new files shall go to it."
        )


def _refuse_taken(workspace: Workspace, name: str) -> None:
    try:
        workspace._service.get_asset(workspace._id, AssetKind.DATASTORE, name)  # noqa: SLF001
    except NotFound:
        return
    raise _taken(workspace, name)


def _taken(workspace: Workspace, name: str) -> UserErrorException:
    return UserErrorException(
        f"Workspace '{workspace.name}' has a datastore '{name}' already. "
        "Pass overwrite=True to let the name mean this one, or choose another name."
    )
