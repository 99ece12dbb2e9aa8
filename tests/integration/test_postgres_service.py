"""The service contract with the records in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lazulite.service.local import LocalService
from lazulite.testing.service_contract import ServiceContract

pytestmark = pytest.mark.slow


class TestServiceOnPostgres(ServiceContract):
    @pytest.fixture
    def service(self, postgres_home: Path) -> Iterator[LocalService]:
        service = LocalService(str(postgres_home))
        yield service
        service.stop_engine()
