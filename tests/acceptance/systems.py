"""Where user code works in tests, without a word about it in the code: on a home folder of this machine, or on a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.serving import serving

from lazulite.service.local import LocalService

#: Parameters of a fixture that uses `placed`.
SYSTEMS = ["embedded", pytest.param("remote", marks=pytest.mark.slow)]


@contextmanager
def placed(system: str, home: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Until the end of the block, user code finds the system `system`, on the folder `home`, as its default."""
    if system == "embedded":
        yield
        return
    with serving(LocalService(str(home))) as server:
        nowhere = home.parent / "no-home-here"
        patch.setenv("XDG_CACHE_HOME", str(home.parent / "cache"))
        patch.setenv("LAZULITE_URL", server.url)
        patch.setenv("LAZULITE_TOKEN", server.token)
        patch.setenv("LAZULITE_HOME", str(nowhere))
        yield
        assert not nowhere.exists()
