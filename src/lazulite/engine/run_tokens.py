"""The token that a job finds as `AZUREML_RUN_TOKEN`: it names one run, and ends with it at the latest.

The engine signs it. The key stays with the engine and the server: a job that had it could be any other.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import NamedTuple

from lazulite.api.home_secrets import signing_key
from lazulite.engine.layout import Home
from lazulite.model.signed import RUN, sign

#: As long as a run may last. The server also asks whether the run still goes on.
_SECONDS = 30 * 24 * 3600


class RunToken(NamedTuple):
    """The text, and when it ends at the latest (seconds since 1970)."""

    text: str
    expires: int


class RunTokens:
    """Makes the tokens of one home's jobs."""

    def __init__(self, home: Home) -> None:
        self._home = home

    @cached_property
    def _key(self) -> bytes:
        return signing_key(str(self._home.root))

    def token(self, workspace_id: str, run_id: str, root_id: str) -> RunToken:
        """Return a token of the run `run_id`, a step of `root_id`."""
        claims = {"workspace": workspace_id, "run": run_id, "root": root_id}
        return RunToken(sign(self._key, RUN, claims, _SECONDS), int(time.time()) + _SECONDS)
