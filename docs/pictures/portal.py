"""Make the pictures of the portal from real pages: python docs/pictures/portal.py, in a checkout with its tests."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402 - comes with the demo's matplotlib
from tests.acceptance.portal.looking import Looker, chromium  # noqa: E402
from tests.acceptance.portal.publishing import publish_all  # noqa: E402
from tests.acceptance.portal.serving import serving  # noqa: E402

from lazulite.api.connect import connect  # noqa: E402

STORY = ROOT / "tests" / "acceptance" / "portal" / "story" / "submit.py"
COLOURS = 128


def main() -> None:
    """Let the tests' story happen in a new home, and keep what its pages look like."""
    with tempfile.TemporaryDirectory() as home:
        subprocess.run([sys.executable, str(STORY)], env={**os.environ, "LAZULITE_HOME": home}, check=True)
        service = connect(home)
        workspace = service.list_workspaces("lab")[0].id
        publish_all(service, workspace)
        try:
            with serving(service) as address, chromium() as browser:
                looker = Looker(browser, address)
                keep(looker, f"/workspaces/{workspace}", "portal-home")
                looker.close()
        finally:
            service.stop_engine()


def keep(looker: Looker, path: str, name: str) -> None:
    """Keep one page, in few colours, which is all that it has."""
    page = looker.open(path, width=1280, height=860)
    page.wait_for_load_state("networkidle")
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(
        Path(__file__).parent / f"{name}.png", optimize=True
    )


if __name__ == "__main__":
    main()
