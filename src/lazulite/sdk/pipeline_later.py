"""What v1's pipelines could do and these cannot yet: each says so."""

from __future__ import annotations

from typing import Any, NoReturn

from lazulite.sdk.exceptions import UserErrorException


class Later:
    """Members of `Pipeline` that come with a later version."""

    @staticmethod
    def load_yaml(
        workspace: Any, filename: str, _workflow_provider: Any = None, _service_endpoint: Any = None
    ) -> NoReturn:
        """Not in this version.

        Raises:
            UserErrorException: always.
        """
        raise UserErrorException(
            "Pipelines as YAML come in a later version. Build the Pipeline from its steps."
        )
