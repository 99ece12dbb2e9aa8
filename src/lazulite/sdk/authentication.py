"""v1's authentication classes: on one's own machine none of them asks anything, and with a server each proves who calls.

The system under a workspace is usually a folder of this user. Then every class can be constructed without an account and
without a network, and what it sends is the token of that home folder (`<home>/token`, readable by its owner only). With a
server (`LAZULITE_URL`, or `service_url` of a config.json), they send what that server gave: `LAZULITE_TOKEN`, the token
that a login kept, one that was exchanged for a program's secret, or one of your own.
v1: `azureml.core.authentication`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from lazulite.api import server_tokens
from lazulite.sdk import server_login
from lazulite.sdk.authentication_base import AbstractAuthentication, Audience, current_place, home_token
from lazulite.sdk.exceptions import AuthenticationException, v1_errors
from lazulite.sdk.server_login import AccessToken
from lazulite.sdk.token_authentication import (
    ArmTokenAuthentication,
    AzureMLTokenAuthentication,
    TokenAuthentication,
)

__all__ = [
    "AbstractAuthentication",
    "AccessToken",
    "ArmTokenAuthentication",
    "Audience",
    "AzureCliAuthentication",
    "AzureMLTokenAuthentication",
    "InteractiveLoginAuthentication",
    "MsiAuthentication",
    "ServicePrincipalAuthentication",
    "TokenAuthentication",
    "home_token",
]

#: A token that ends within so many seconds is exchanged anew.
_TOO_SHORT = 300


class InteractiveLoginAuthentication(AbstractAuthentication):
    """On one's own machine there is nothing to log in to. For a server without a token, the terminal or notebook is asked
    once for a name and password, or for a token; it is kept for this user and server.

    Args:
        force: Ask although a token is kept.
        tenant_id: Accepted and without effect.
        cloud: Accepted and without effect.
    """

    def __init__(self, force: bool = False, tenant_id: str | None = None, cloud: Any = None) -> None:
        super().__init__(cloud)
        self._force = force

    def _token_for(self, server: str) -> str:
        with v1_errors(AuthenticationException):
            known = None if self._force else server_tokens.token_for(server)
            if known is None:
                known = server_login.ask(server)
                self._force = False
            return known


class AzureCliAuthentication(AbstractAuthentication):
    """v1 used the login of the `az` program; for a server the one of `lazulite login` is used here."""

    def __init__(self, cloud: Any = None) -> None:
        super().__init__(cloud)


class MsiAuthentication(AbstractAuthentication):
    """v1 used the machine's managed identity; for a server the token in LAZULITE_TOKEN is used here."""

    def __init__(self, cloud: Any = None, **kwargs: Any) -> None:
        super().__init__(cloud)


class _Secret:
    """A text that no repr and no traceback shows."""

    def __init__(self, text: str) -> None:
        self._get: Callable[[], str] = lambda: text

    def reveal(self) -> str:
        return self._get()


class ServicePrincipalAuthentication(AbstractAuthentication):
    """A program's own identity, as `lazulite service-principals add` gives it. For a server, id and secret are exchanged
    for a token that lasts an hour, and again before it ends. On one's own machine they are only checked to be there.

    Args:
        tenant_id: Any text; a server has one tenant, itself.
        service_principal_id: Its id or name.
        service_principal_password: Its secret.
        cloud: Accepted and without effect.

    Raises:
        AuthenticationException: one of the three is missing.
    """

    def __init__(
        self,
        tenant_id: str,
        service_principal_id: str,
        service_principal_password: str,
        cloud: Any = "AzureCloud",
        _enable_caching: bool = True,
    ) -> None:
        super().__init__(cloud)
        given = {
            "tenant_id": tenant_id,
            "service_principal_id": service_principal_id,
            "service_principal_password": service_principal_password,
        }
        missing = [name for name, value in given.items() if not value]
        if missing:
            raise AuthenticationException(f"ServicePrincipalAuthentication needs {', '.join(missing)}.")
        self._id, self._secret = service_principal_id, _Secret(service_principal_password)
        self._lock = threading.Lock()
        self._given: dict[str, AccessToken] = {}

    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        """Return the token and when it ends. Scopes make no difference here.

        Raises:
            AuthenticationException: the server does not know id and secret, or cannot be reached.
        """
        place = self._server or current_place()
        return self._exchanged(place) if "://" in place else super().get_token()

    def _token_for(self, server: str) -> str:
        return self._exchanged(server).token

    def _exchanged(self, server: str) -> AccessToken:
        with self._lock, v1_errors(AuthenticationException):
            place = server_tokens.origin(server)
            known = self._given.get(place)
            if known is None or known.expires_on - time.time() < _TOO_SHORT:
                known = self._given[place] = server_login.by_secret(server, self._id, self._secret.reveal())
            return known
