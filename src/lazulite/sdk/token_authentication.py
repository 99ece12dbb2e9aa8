"""v1's authentication classes for a token that the caller has, or a function of theirs gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lazulite.sdk.authentication_base import AbstractAuthentication, Audience
from lazulite.sdk.exceptions import UserErrorException


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

    def _token_for(self, server: str) -> str:
        return self._token()


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

    def _token_for(self, server: str) -> str:
        return self._access_token


class AzureMLTokenAuthentication(AbstractAuthentication):
    """The token of a run: a job finds it as AZUREML_RUN_TOKEN. It ends with the run, so there is nothing to refresh.

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

    def _token_for(self, server: str) -> str:
        return self._access_token
