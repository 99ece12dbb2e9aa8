"""What is raised where a datastore does not exist, in a class that all published v1 code catches."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from lazulite.sdk.exceptions import UserErrorException


class DatastoreNotFound(UserErrorException):
    """The workspace has no datastore of that name.

    v1 raised `UserErrorException` or msrest's `HttpOperationError`, by the mood of its service. Where msrest is
    installed this is both, with a `response` whose `status_code` is 404.
    """


def datastore_not_found(name: str, workspace: str, known: Iterable[str]) -> DatastoreNotFound:
    """Return the error for the missing datastore `name`.

    Args:
        name: What was asked for.
        workspace: The workspace's name.
        known: The datastores it has.
    """
    listed = ", ".join(sorted(known)) or "none"
    return _kind()(
        f"Workspace '{workspace}' has no datastore '{name}'. It has: {listed}. "
        "Datastore.register_local(workspace, name, folder) adds a folder of this machine."
    )


def _kind() -> type[DatastoreNotFound]:
    from importlib.util import find_spec

    if find_spec("msrest") is None:
        return DatastoreNotFound
    try:
        return _kind_with_msrest()
    except ImportError:  # an installation of msrest that does not work
        return DatastoreNotFound


@cache
def _kind_with_msrest() -> type[DatastoreNotFound]:
    from types import SimpleNamespace

    from msrest.exceptions import HttpOperationError

    class NoDatastoreResponse(HttpOperationError):  # type: ignore[misc] # msrest may be missing
        """Takes a message where msrest wants a response to read one from."""

        def __init__(self, message: object) -> None:
            Exception.__init__(self, message)
            self.error = None
            self.response = SimpleNamespace(
                status_code=404, reason="Not Found", text=str(message), headers={}
            )

    class DatastoreNotFoundOverHttp(DatastoreNotFound, NoDatastoreResponse):
        """`DatastoreNotFound` that is also msrest's `HttpOperationError`."""

    return DatastoreNotFoundOverHttp
