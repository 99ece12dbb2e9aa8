"""Finding and making workspaces by the names that v1 code gives: with or without subscription and resource group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lazulite.api.connect import connect, default_location
from lazulite.api.server_tokens import header_for
from lazulite.model.assets import Workspace
from lazulite.model.errors import Conflict, Forbidden
from lazulite.sdk.exceptions import UserErrorException, WorkspaceException, v1_errors

if TYPE_CHECKING:
    from lazulite.api.service import Service

#: What stands for subscription, resource group and location where none is given.
LOCAL = "local"
_LONGEST_PART = 90


@dataclass(frozen=True)
class _Signer:
    """Says to a server who calls: what the authentication object says, else the token of the environment or a login."""

    auth: Any
    server: str

    def __call__(self) -> Mapping[str, str]:
        own = getattr(self.auth, "_header_for", None)
        # An object of somebody's own class has v1's one method.
        header: Mapping[str, str] | None = own(self.server) if own else self.auth.get_authentication_header()
        return header or header_for(self.server)


def connected(location: str | None, auth: Any = None) -> Service:
    """Return the service at `location`, or at the default place.

    Args:
        location: A home folder or the URL of a server.
        auth: One of v1's authentication objects, for a server; a home folder asks nobody.

    Raises:
        UserErrorException: it cannot be used; the message says why.
    """
    with v1_errors():
        where = location or default_location()
        return connect(where, _Signer(auth, where) if auth is not None and "://" in where else None)


def part(what: str, value: str | None) -> str:
    """Return a subscription or resource group as it is kept: a word that can be a part of a path.

    Raises:
        UserErrorException: it is empty, too long, or holds '/' or line breaks.
    """
    if value is None:
        return LOCAL
    if (
        not isinstance(value, str)
        or not value
        or len(value) > _LONGEST_PART
        or not value.isprintable()
        or "/" in value
    ):
        raise UserErrorException(
            f"{what} is {value!r}. Expected up to {_LONGEST_PART} printable characters without '/', "
            f"or None for {LOCAL!r}."
        )
    return value


def checked_tags(tags: Mapping[str, str] | None) -> dict[str, str]:
    """Return tags as text to text; None for a value becomes the empty text.

    Raises:
        UserErrorException: it is not a dict with text as keys.
    """
    if tags is None:
        return {}
    if not isinstance(tags, Mapping) or not all(isinstance(key, str) for key in tags):
        raise UserErrorException(f"tags is {tags!r}. Expected a dict of text to text.")
    return {key: "" if value is None else str(value) for key, value in tags.items()}


def find(
    service: Service,
    name: str,
    subscription_id: str | None = None,
    resource_group: str | None = None,
    workspace_id: str | None = None,
) -> Workspace:
    """Return the one workspace for which all given values are equal.

    Raises:
        UserErrorException: the name is no text.
        WorkspaceException: there is none, or several; the message names them.
    """
    if not isinstance(name, str):
        raise UserErrorException(f"The name of the workspace is {name!r}. Expected text.")
    with v1_errors(WorkspaceException):
        found = service.list_workspaces(name, subscription_id, resource_group)
        found = tuple(record for record in found if workspace_id in (None, record.id))
        if len(found) == 1:
            return found[0]
        if found:
            raise WorkspaceException(
                f"{len(found)} workspaces are called {name!r}: {_listed(found)}. Give subscription_id and resource_group.",
                found_multiple=True,
            )
        known = _listed(service.list_workspaces()) or "none yet; Workspace.create(name) makes one"
    wanted = ", ".join(
        f"{what} {value!r}"
        for what, value in (
            ("subscription_id", subscription_id),
            ("resource_group", resource_group),
            ("id", workspace_id),
        )
        if value is not None
    )
    place = f" with {wanted}" if wanted else ""
    raise WorkspaceException(
        f"WorkspaceNotFound: There is no workspace {name!r}{place}. Existing ones: {known}."
    )


def make(service: Service, wanted: Workspace, *, exist_ok: bool, show_output: bool) -> Workspace:
    """Create `wanted`; return it, or with `exist_ok` the one that is there already.

    Raises:
        WorkspaceException: it exists and `exist_ok` is False.
    """
    key = (wanted.name, wanted.subscription_id, wanted.resource_group)
    with v1_errors():
        present = service.list_workspaces(*key)
        if not present:
            try:
                created = service.create_workspace(wanted)
            except Conflict:  # another process was first
                present = service.list_workspaces(*key)
            except Forbidden as error:
                raise WorkspaceException(
                    f"There is no workspace {wanted.name!r} that you may see at {service.address()}, and you may not create "
                    "one there. Ask an owner of that server for the workspace, or for a role in it.",
                    inner_exception=error,
                ) from error
            else:
                if show_output:
                    print(
                        f"Created workspace {created.name!r} with datastores workspaceblobstore, workspacefilestore."
                    )
                return created
    if not exist_ok:
        raise WorkspaceException(
            f"Workspace {wanted.name!r} exists already in resource group {wanted.resource_group!r} of subscription "
            f"{wanted.subscription_id!r}. Use Workspace.get(...), or create(..., exist_ok=True)."
        )
    return present[0]


def _listed(records: tuple[Workspace, ...]) -> str:
    return ", ".join(
        f"{record.name!r} (subscription_id {record.subscription_id!r}, resource_group {record.resource_group!r})"
        for record in records
    )
