"""v1's authentication classes, on a machine where no login is needed.

The system under a workspace is a folder of this user, so every class of v1 can be constructed without an account and
without a network. What remains of them is the header a REST client sends: its token is one per home folder, made at
random on first use and kept in `<home>/token`, readable by its owner only.
v1: `azureml.core.authentication`.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from lazulite.api.connect import default_location
from lazulite.sdk.exceptions import AuthenticationException, UserErrorException, v1_errors

#: Seconds a token is said to be valid for. It does not end; clients that refresh do so without harm.
_LIFETIME = 3600


class AccessToken(NamedTuple):
    """A token and the time it ends, in seconds since 1970."""

    token: str
    expires_on: int


class Audience(enum.Enum):
    """Whom a token is for; here it makes no difference."""

    ARM = "ARM"
    AZUREML = "AZUREML"


class AbstractAuthentication:
    """What all classes of this module offer.

    Args:
        cloud: Accepted and without effect.
    """

    def __init__(self, cloud: Any = None) -> None:
        self._cloud = cloud

    def get_authentication_header(self) -> dict[str, str]:
        """Return the HTTP header that REST calls to the local server need: `{"Authorization": "Bearer …"}`.

        Raises:
            AuthenticationException: the token file cannot be read or made, or others can read it.
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
            AuthenticationException: no session was given and `requests` is not installed.
        """
        if session is None:
            import importlib

            try:
                session = importlib.import_module("requests").Session()
            except ImportError as error:
                raise AuthenticationException(
                    "signed_session() needs the package requests: pip install requests."
                ) from error
        session.headers.update(self.get_authentication_header())
        return session

    def _header_for(self, server: str) -> dict[str, str] | None:
        """The header for the system at the URL `server`; None: this object has nothing of its own to say who calls, and the
        token that the environment or a login gives is sent."""
        return None

    def _token(self) -> str:
        return home_token(default_location())


class InteractiveLoginAuthentication(AbstractAuthentication):
    """v1 opened a browser; here there is nothing to log in to.

    Args:
        force: Accepted and without effect.
        tenant_id: Accepted and without effect.
        cloud: Accepted and without effect.
    """

    def __init__(self, force: bool = False, tenant_id: str | None = None, cloud: Any = None) -> None:
        super().__init__(cloud)


class AzureCliAuthentication(AbstractAuthentication):
    """v1 used the login of the `az` program; here neither the program nor a login is needed."""

    def __init__(self, cloud: Any = None) -> None:
        super().__init__(cloud)


class MsiAuthentication(AbstractAuthentication):
    """v1 used the machine's managed identity; here none is needed."""

    def __init__(self, cloud: Any = None, **kwargs: Any) -> None:
        super().__init__(cloud)


class ServicePrincipalAuthentication(AbstractAuthentication):
    """A program's own identity. The three values are checked to be there; the password is not kept.

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


class TokenAuthentication(AbstractAuthentication):
    """Tokens from a function of yours.

    Args:
        get_token_for_audience: Called with an `Audience`, returns the token to send.
        cloud: Accepted and without effect.

    Raises:
        UserErrorException: it is not callable.
    """

    def __init__(self, get_token_for_audience: Callable[[Audience], str], cloud: Any = None) -> None:
        super().__init__(cloud)
        if not callable(get_token_for_audience):
            raise UserErrorException(
                f"get_token_for_audience is {get_token_for_audience!r}. Expected a function that takes an Audience "
                "and returns a token."
            )
        self._get_token_for_audience = get_token_for_audience

    def get_token(self, audience: Audience = Audience.ARM) -> str:  # type: ignore[override]
        """Return what the function gives for `audience` (v1 returns the text here, not an AccessToken)."""
        return self._get_token_for_audience(audience)

    def _token(self) -> str:
        return self._get_token_for_audience(Audience.AZUREML)

    def _header_for(self, server: str) -> dict[str, str] | None:
        return self.get_authentication_header()


class ArmTokenAuthentication(AbstractAuthentication):
    """A token you already have.

    Raises:
        UserErrorException: it is empty.
    """

    def __init__(self, arm_access_token: str, cloud: Any = "None") -> None:
        super().__init__(cloud)
        self.update_arm_access_token(arm_access_token)

    def update_arm_access_token(self, new_arm_access_token: str) -> None:
        """Use another token from now on."""
        if not isinstance(new_arm_access_token, str) or not new_arm_access_token:
            raise UserErrorException("The access token is empty. Expected the text of a token.")
        self._access_token = new_arm_access_token

    def _token(self) -> str:
        return self._access_token

    def _header_for(self, server: str) -> dict[str, str] | None:
        return self.get_authentication_header()


class AzureMLTokenAuthentication(AbstractAuthentication):
    """The token of a run. v1 refreshed it in the background; a local one does not end.

    Args:
        azureml_access_token: The token.
        expiry_time: When it ends (datetime), for your own use.

    The other parameters say which run it belongs to; they are accepted and without effect.
    """

    EXPIRATION_THRESHOLD_IN_SECONDS = 95
    REFRESH_INTERVAL_IN_SECONDS = 30

    def __init__(
        self,
        azureml_access_token: str,
        expiry_time: Any = None,
        host: str | None = None,
        subscription_id: str | None = None,
        resource_group_name: str | None = None,
        workspace_name: str | None = None,
        experiment_name: str | None = None,
        run_id: str | None = None,
        user_email: str | None = None,
        experiment_id: str | None = None,
        cloud: Any = "AzureCloud",
    ) -> None:
        super().__init__(cloud)
        self._access_token = azureml_access_token
        self._expiry_time = expiry_time

    @classmethod
    def create(
        cls,
        azureml_access_token: str,
        expiry_time: Any,
        host: str,
        subscription_id: str,
        resource_group_name: str,
        workspace_name: str,
        experiment_name: str,
        run_id: str,
        user_email: str | None = None,
        experiment_id: str | None = None,
    ) -> AzureMLTokenAuthentication:
        """Return an instance; v1's way of construction inside a job."""
        return cls(azureml_access_token, expiry_time)

    @property
    def token(self) -> str:
        """The token."""
        return self._access_token

    @property
    def expiry_time(self) -> Any:
        """When it ends, as given."""
        return self._expiry_time

    def set_token(self, token: str, expiry_time: Any) -> None:
        """Use another token from now on."""
        self._access_token, self._expiry_time = token, expiry_time

    def get_authentication_header(self) -> dict[str, str]:
        """Return `{"Authorization": "Bearer …"}` with the run's token."""
        return {"Authorization": f"Bearer {self._access_token}"}

    def _token(self) -> str:
        return self._access_token

    def _header_for(self, server: str) -> dict[str, str] | None:
        return self.get_authentication_header()


def home_token(location: str) -> str:
    """Return the token of the home folder `location`; make it if there is none.

    Raises:
        AuthenticationException: `location` is a server, or the file cannot be used.
    """
    from lazulite.api.home_secrets import home_token as made

    with v1_errors(AuthenticationException):
        return made(location)
