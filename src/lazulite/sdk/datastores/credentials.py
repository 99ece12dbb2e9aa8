"""Credentials as attributes of a datastore, as v1 has them: opened when they are asked for, and only where the home is."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from lazulite.sdk.abstract_datastore import AbstractDatastore


class Credential:
    """An attribute that is one of a datastore's credentials: what the object was made with, else what is recorded.

    A recorded one is sealed, and opened at each access with the key of the home, so that no object holds it for longer
    than it is used. Of a server's datastore it is None: credentials leave a server never.

    Args:
        key: Its name among the credentials of the record (see `model.assets.Datastore`).
    """

    def __init__(self, key: str) -> None:
        self._key = key

    def __set_name__(self, owner: type, name: str) -> None:
        self._given = f"_given_{name}"

    @overload
    def __get__(self, datastore: None, owner: type) -> Credential: ...

    @overload
    def __get__(self, datastore: AbstractDatastore, owner: type) -> str | None: ...

    def __get__(self, datastore: AbstractDatastore | None, owner: type) -> Credential | str | None:
        if datastore is None:
            return self
        given: str | None = vars(datastore).get(self._given)
        return given if given is not None else datastore._credentials().get(self._key)  # noqa: SLF001

    def __set__(self, datastore: AbstractDatastore, value: str | None) -> None:
        vars(datastore)[self._given] = value
