"""What passes before anything happens: importing the SDK, the command line's help, and submit to the script's first line."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import programs
from benchmarks.bench import Bench
from benchmarks.ours.home import Wrong, home
from benchmarks.peers.peer import STEP_SCRIPT
from benchmarks.results import Group

KEY = "starting"
LATENCY = "first-line"
PASS = "python -c pass"
IMPORT = "import azureml.core, azureml.pipeline.steps"
HELP = "lazulite --help"
BARE = "python first_line.py"
WARM = "Lazulite, submit to first line"
FRESH = "Lazulite, fresh process, submit to first line"
_FIRST_LINE = STEP_SCRIPT.with_name("first_line.py")


def measure(bench: Bench) -> None:
    """Start each program, in turns."""
    group = bench.results.group(KEY, "Starting", "ms", PASS)
    folder = bench.new_folder("starting")
    commands = {
        PASS: [sys.executable, "-c", "pass"],
        IMPORT: [sys.executable, "-c", IMPORT],
        HELP: [str(Path(sys.executable).with_name("lazulite")), "--help"],
    }
    turns = {subject: _turn(bench, group, subject, command, folder) for subject, command in commands.items()}
    for turn in turns.values():
        turn()  # byte code and file cache
    group.figures.clear()
    bench.rounds(turns, bench.sizes.starts)
    for subject in turns:
        bench.say(f"Starting · {subject}: {group.median(subject) or 0:.0f} ms")


def _turn(bench: Bench, group: Group, subject: str, command: list[str], folder: Path) -> Callable[[], None]:
    variables = programs.environment(LAZULITE_HOME=str(folder / "home"))

    def take() -> None:
        ended = programs.run(command, folder, variables, bench.limit)
        if ended.timed_out or ended.code:
            raise Wrong(f"{subject}: {ended.failure}")
        group.add(subject, ended.wall * 1000)

    return take


def measure_first_line(bench: Bench) -> None:
    """From the call of `submit` to the first line of the script, everything warm; beside starting the script by hand."""
    group = bench.results.group(
        LATENCY,
        "Submit to the script's first line",
        "ms",
        BARE,
        "The clock starts when `Experiment.submit` is called in a client that has submitted before, and stops in the first "
        "line of the script. Beside it: from starting the interpreter by hand to the same line.",
    )
    folder = bench.new_folder("first-line")
    scripts = folder / "scripts"
    scripts.mkdir()
    shutil.copy(_FIRST_LINE, scripts)
    for _ in range(bench.sizes.latencies):
        group.add(BARE, _by_hand(bench, scripts, folder))
    with home(folder / "home") as place:
        place.start()
        for mode, subject in (("warm", WARM), ("fresh", FRESH)):
            answer = place.call(
                "first_line.py", str(scripts), str(bench.sizes.latencies), mode, limit=bench.limit
            )
            for milliseconds in answer["milliseconds"]:
                group.add(subject, milliseconds)
            bench.say(f"First line · {subject}: {group.median(subject) or 0:.0f} ms")


def _by_hand(bench: Bench, scripts: Path, folder: Path) -> float:
    stamp = folder / "stamp"
    started = time.time_ns()
    programs.run(
        [sys.executable, str(scripts / _FIRST_LINE.name), str(stamp)],
        folder,
        programs.environment(),
        bench.limit,
    )
    return (int(stamp.read_text(encoding="utf-8")) - started) / 1e6
