"""The service contract over a home folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lazulite.service.local import LocalService
from lazulite.testing.service_contract import ServiceContract


class TestLocalService(ServiceContract):
    @pytest.fixture
    def service(self, home: Path) -> Iterator[LocalService]:
        service = LocalService(str(home))
        yield service
        service.stop_engine()
