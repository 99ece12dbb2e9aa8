"""The compute contract over processes of this machine, and what only processes can suffer."""

from __future__ import annotations

import pytest

from lazulite.compute.processes import ProcessCompute
from lazulite.testing.compute_contract import ComputeContract


class TestProcessCompute(ComputeContract):
    @pytest.fixture
    def backend(self) -> type[ProcessCompute]:
        return ProcessCompute
