"""What all parts of `Access` share: the records and the home's secrets, and how its documents are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path

from lazulite.api import home_secrets
from lazulite.model import ids
from lazulite.model.access import Credential, CredentialKind, Principal, PrincipalKind, Role
from lazulite.records.records import Records

#: How texts that were made here begin.
TOKEN, SECRET, SESSION = "lzp_", "lzs_", "lzx_"
#: The id of the principal who has the home's own token, and its name, which no other can have.
OPERATOR, OPERATOR_NAME = "operator", "(operator)"


class AccessBase:
    """The records and secrets of a home.

    Args:
        records: Gives the records, opened at first need.
        home: The home folder, which keeps the secrets.
    """

    def __init__(self, records: Callable[[], Records], home: Path) -> None:
        self._get_records = records
        self._home = home

    @property
    def _records(self) -> Records:
        return self._get_records()

    def version(self) -> int:
        """A number that is another one after anything was changed in the records, by anybody; cheap to ask for."""
        return self._records.data_version()

    @cached_property
    def home_token(self) -> str:
        """The token of this home; who has it may do everything."""
        return home_secrets.home_token(str(self._home))

    @cached_property
    def signing_key(self) -> bytes:
        """What tokens of runs and short-lived tokens are signed with."""
        return home_secrets.signing_key(str(self._home))


def new_principal(kind: PrincipalKind, name: str) -> Principal:
    return Principal(ids.new_id(), kind, ids.checked("principal", name))


def new_credential(
    principal: str,
    kind: CredentialKind,
    label: str = "",
    lifetime: timedelta | None = None,
    behind: str = "",
    grants: Mapping[str, Role] | None = None,
) -> Credential:
    made = now()
    ends = None if lifetime is None else made + lifetime
    return Credential(
        ids.new_id(), principal, kind, made, label, ends, behind=behind, grants=dict(grants or {})
    )


def now() -> datetime:
    return datetime.now(timezone.utc)
