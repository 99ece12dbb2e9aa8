"""The client of a Databricks workspace, whose waiting ends at once when the step is canceled."""

from __future__ import annotations

import logging
import select
import time
from typing import TYPE_CHECKING, Any, cast

from lazulite import __version__
from lazulite.api.home_secrets import credentials
from lazulite.model.assets import ComputeTarget
from lazulite.model.errors import InvalidRequest
from lazulite.worker.cancellation import Cancellation, JobCanceled

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

#: Seconds for which the library itself repeats a request that was throttled or could not be sent.
_RETRY_SECONDS = 300
_REQUEST_SECONDS = 60


def connect(target: ComputeTarget, home: str, stop: Cancellation) -> WorkspaceClient:
    """Return a client for the target's host, with its token.

    Raises:
        InvalidRequest: the library is not installed, or the target has no token.
    """
    token = credentials(home, target.secret).get("access_token")
    if not token:
        raise InvalidRequest(
            f"The compute target '{target.name}' was attached without an access token, which {target.host} needs. "
            "Attach it again with access_token=… (or DATABRICKS_TOKEN set)."
        )
    try:
        from databricks.sdk import WorkspaceClient
        from databricks.sdk.core import Config
    except ImportError as error:
        raise InvalidRequest(
            "Steps at Databricks need its client library, which is not installed where the engine runs. "
            "Run: pip install 'lazulite[databricks]'."
        ) from error
    # A workspace without /.well-known/databricks-config is no reason for a warning in the step's log.
    logging.getLogger("databricks.sdk").setLevel(logging.ERROR)
    return WorkspaceClient(
        config=Config(
            host=target.host,
            token=token,
            auth_type="pat",
            retry_timeout_seconds=_RETRY_SECONDS,
            http_timeout_seconds=_REQUEST_SECONDS,
            product="lazulite",
            product_version=__version__,
            clock=cast("Any", Waiting(stop)),
        )
    )


class Waiting:
    """A clock as the library takes one, and what we wait by ourselves.

    Args:
        stop: Who asks the step to end.
    """

    def __init__(self, stop: Cancellation) -> None:
        self._stop = stop

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            JobCanceled: the step is to end, before or meanwhile.
        """
        if not self._stop.asked:
            waiting = select.poll()
            waiting.register(self._stop.wake, select.POLLIN)
            waiting.poll(max(0.0, seconds) * 1000)
        if self._stop.asked:
            raise JobCanceled
