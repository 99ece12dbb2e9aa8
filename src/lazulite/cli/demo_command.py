"""`lazulite demo`: a real pipeline on real data, three times: new, unchanged, and with one script edited."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

_NEEDED = ("matplotlib", "pandas", "sklearn")
_EDIT = ("train/forest.py", "TREES = 100", "TREES = 200")


@click.command("demo")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to put the demo's scripts."
)
def demo(folder: Path | None) -> None:
    """Run a pipeline on a data set that comes with scikit-learn.

    Upload, prepare, train three kinds of model in parallel, compare, register the best. Then again unchanged, to show
    every step reused; then with one script edited, to show what runs again and why.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise click.ClickException(
            f"The demo needs {', '.join(missing)}. Install them with: pip install 'lazulite[demo]'"
        )
    place = (folder or Path(tempfile.mkdtemp(prefix="lazulite-demo-"))).resolve()
    shutil.copytree(Path(__file__).parent / "demo", place, dirs_exist_ok=True)
    click.echo(f"The demo's scripts are in {place}; read them, they are plain v1 code.")

    _title("1. The first run: every step runs")
    _run(place)
    _title("2. The same again: every step is reused")
    _run(place, "--again")
    name, before, after = _EDIT
    script = place / name
    text = script.read_text()
    if before not in text:
        raise click.ClickException(
            f"{script} was edited already: it has no line {before!r}. Use another --folder."
        )
    script.write_text(text.replace(before, after))
    _title(f"3. {name} edited ({before} → {after}): only what depends on it runs")
    _run(place, "--again")
    _why()


def _title(text: str) -> None:
    click.secho(f"\n━━ {text} ", bold=True, nl=False)
    click.secho("━" * max(3, 76 - len(text)), bold=True)


def _run(place: Path, *arguments: str) -> None:
    result = subprocess.run([sys.executable, "pipeline.py", *arguments], cwd=place, check=False)
    if result.returncode:
        raise SystemExit(1)


def _why() -> None:
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.pipeline_run import PipelineRun
    from lazulite.sdk.workspace import Workspace

    newest = next(iter(Experiment(Workspace.get("lazulite-demo"), "demo").get_runs()))
    if isinstance(newest, PipelineRun):
        click.echo("\nWhy, step by step (`lazulite explain last`):\n")
        click.echo(newest.explain())
    click.echo(
        "\nNext: lazulite portal last · lazulite runs list · lazulite runs show last · lazulite explain last"
    )
    click.echo("(with -w lazulite-demo, if you have other workspaces)")
