"""Make `demo.svg` from what `lazulite demo` really prints: python docs/pictures/make.py."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
WIDTH = 118


def main() -> None:
    """Run the demo in a new home, and draw the end of its third run."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "LAZULITE_HOME": home, "NO_COLOR": "1"}
        program = Path(sys.executable).parent / "lazulite"
        output = subprocess.run(
            [program, "demo"], env=environment, capture_output=True, text=True, check=True
        ).stdout
        subprocess.run([program, "stop"], env=environment, check=True, capture_output=True)
    third = output.partition("━━ 3.")[2]
    title = "━━ 3." + third.splitlines()[0]
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text(title, style="bold"))
    for line in third.partition("PipelineRun Execution Summary")[2].splitlines()[2:]:
        if not line.startswith(("The ROC curves", "Next:")):
            console.print(Text(line, style=style(line)), overflow="ellipsis", no_wrap=True)
    console.save_svg(str(HERE / "demo.svg"), title="lazulite demo")


def style(line: str) -> str:
    """Colour by what a line says."""
    if " Reused " in line or " reuses run " in line:
        return "cyan"
    if " Finished " in line or " runs: " in line or line.startswith("  - "):
        return "green"
    return ""


if __name__ == "__main__":
    main()
