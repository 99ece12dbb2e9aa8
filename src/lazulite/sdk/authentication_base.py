"""What v1's authentication classes share: the header, and for which system it is.

On one's own machine that is a home folder, whose token (`<home>/token`) only its owner can read; else a server.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Mapping
from typing import Any

from lazulite.api import server_tokens
from lazulite.api.connect import default_location
from lazulite.sdk.exceptions import AuthenticationException, UserErrorException, v1_errors
from lazulite.sdk.server_login import AccessToken

#: Seconds a token is said to be valid for whose end is not known; clients that refresh do so without harm.
_LIFETIME = 3600


class Audience(enum.Enum):
    """Whom a token is for; here it makes no difference."""

    ARM = "ARM"
    AZUREML = "AZUREML"


class AbstractAuthentication:
    """What all classes of this module offer.

    Args:
        cloud: Accepted and without effect.
    """

    #: The server that this object has last signed for.
    _server: str | None = None

    def __init__(self, cloud: Any = None) -> None:
        self._cloud = cloud

    def get_authentication_header(self) -> dict[str, str]:
        """Return the HTTP header that REST calls need: `{"Authorization": "Bearer …"}`.

        It is for the system that is used here: the server this object was given to a workspace for, else `service_url`
        of the config.json that `Workspace.from_config()` would find, else `LAZULITE_URL`, else the home folder.

        Raises:
            AuthenticationException: there is no token; the message says how to get one.
        """
        return {"Authorization": f"Bearer {self._token()}"}

    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        """Return the token and when it ends. Scopes make no difference here.

        Raises:
            AuthenticationException: as `get_authentication_header`.
        """
        return AccessToken(self._token(), int(time.time()) + _LIFETIME)

    def signed_session(self, session: Any = None) -> Any:
        """Return a `requests` session that sends the header.

        Args:
            session: A session to use; a new one without it.

        Raises:
            AuthenticationException: there is no token.
        """
        if session is None:
            import requests

            session = requests.Session()
        session.headers.update(self.get_authentication_header())
        return session

    def _header_for(self, server: str) -> Mapping[str, str]:
        """The header for the server that a workspace is on."""
        self._server = server
        return {"Authorization": f"Bearer {self._token_for(server)}"}

    def _token(self) -> str:
        place = self._server or current_place()
        return self._token_for(place) if "://" in place else home_token(place)

    def _token_for(self, server: str) -> str:
        with v1_errors(AuthenticationException):
            return server_tokens.header_for(server)["Authorization"].removeprefix("Bearer ")


def home_token(location: str) -> str:
    """Return the token of the home folder `location`; make it if there is none.

    Raises:
        AuthenticationException: `location` is a server, or the file cannot be used.
    """
    from lazulite.api.home_secrets import home_token as made

    with v1_errors(AuthenticationException):
        return made(location)


def current_place() -> str:
    """Where the system is that is used here: a server's URL, or a home folder.

    Raises:
        AuthenticationException: LAZULITE_URL is no URL.
    """
    from lazulite.sdk import workspace_config

    try:
        named = workspace_config.read_config(workspace_config.find_config()).service_url
    except UserErrorException:
        named = None
    with v1_errors(AuthenticationException):
        return named or default_location()
