"""The service contract over HTTP: a real server before a home folder, and the client that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from tests.serving import serving

from lazulite.api.service import Service
from lazulite.client.remote import RemoteService
from lazulite.service.local import LocalService
from lazulite.testing.service_contract import ServiceContract

pytestmark = pytest.mark.slow


class TestRemoteService(ServiceContract):
    @pytest.fixture
    def service(self, home: Path) -> Iterator[Service]:
        local = LocalService(str(home))
        with serving(local) as server:
            yield cast(
                "Service",
                RemoteService(server.url, lambda: {"Authorization": f"Bearer {server.token}"}),
            )
        local.stop_engine()
