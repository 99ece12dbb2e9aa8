"""`python -m benchmarks`: measure, keep the raw figures as JSON, write the report."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from benchmarks import machine, measurements
from benchmarks.bench import QUICK, Bench, Sizes
from benchmarks.installing import Installed, Missing, cache_folder, install
from benchmarks.peers import ALL, Peer
from benchmarks.report import render
from benchmarks.results import Results

ROOT = Path(__file__).parents[1]
RAW = Path(__file__).parent / "results"
REPORT = ROOT / "docs" / "benchmarks.md"
#: The bare scripts and build tools are baselines: they always take part.
_BASELINES = frozenset({"bare", "xargs", "make", "ninja"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; return the exit code."""
    given = _parser().parse_args(arguments)
    if given.render is not None:
        results = Results.from_data(json.loads(given.render.read_text(encoding="utf-8")))
        _write(given.report or REPORT, render(results))
        return 0
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM)
    )  # so that what was started is ended
    chosen = _chosen(given.only, list(measurements.ALL), "--only")
    peers = [peer for peer in ALL if peer.key in _BASELINES | set(_peer_names(given.peers))]
    say = Clock()
    bench = _bench(given, peers, Path(), say)
    failed = []
    try:
        with tempfile.TemporaryDirectory(prefix="lazulite-bench-", ignore_cleanup_errors=True) as folder:
            bench.folder = Path(folder)
            for name in chosen:
                say(f"— {name}")
                if not _measured(bench, name):
                    failed.append(name)
    finally:
        _keep(bench, given.report, complete=not given.quick and not given.only and not failed)
    if failed:
        say(f"Not measured: {', '.join(failed)}. See above.")
    return 1 if failed else 0


def _measured(bench: Bench, name: str) -> bool:
    """Take one measurement; what goes wrong in it does not end the others."""
    try:
        measurements.ALL[name](bench)
    except Exception as error:  # noqa: BLE001 - said, counted, and the exit code tells
        bench.say(f"{name} failed: {type(error).__name__}: {error}")
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("benchmarks", description="Measure Lazulite beside its peers.")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that everything works")
    parser.add_argument("--only", metavar="NAMES", help=f"some of: {', '.join(measurements.ALL)}")
    others = ", ".join(peer.key for peer in ALL if peer.key not in _BASELINES)
    parser.add_argument("--peers", metavar="NAMES", help=f"some of: {others}; or none. Default: all")
    parser.add_argument("--repeat", type=int, metavar="N", help="turns of each subject, at most (default 5)")
    parser.add_argument(
        "--patience",
        type=float,
        default=20,
        metavar="S",
        help="a subject has no further turn in a table after its turns took so many seconds (default 20)",
    )
    parser.add_argument(
        "--limit",
        type=float,
        default=180,
        metavar="S",
        help="seconds after which a turn is ended (default 180)",
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="where the report goes (default: docs/benchmarks.md for a complete run, else beside the raw figures)",
    )
    parser.add_argument(
        "--render", type=Path, metavar="JSON", help="measure nothing: write the report of raw figures"
    )
    return parser


def _chosen(given: str | None, known: list[str], option: str) -> list[str]:
    names = given.split(",") if given else known
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"{option}: there is no {', '.join(unknown)}. There are: {', '.join(known)}.")
    return names


def _peer_names(given: str | None) -> list[str]:
    if given == "none":
        return []
    return _chosen(given, [peer.key for peer in ALL if peer.key not in _BASELINES], "--peers")


def _bench(given: argparse.Namespace, peers: list[Peer], folder: Path, say: Clock) -> Bench:
    here: dict[Peer, Installed] = {}
    missing: dict[Peer, str] = {}
    for peer in peers:
        try:
            here[peer] = install(peer, cache_folder())
            say(f"{peer.title}: {here[peer].version or 'there'}")
        except Missing as reason:
            missing[peer] = str(reason)
            say(f"{peer.title}: {reason}")
    results = Results(about=machine.describe())
    results.about["Command"] = "python -m benchmarks " + " ".join(sys.argv[1:])
    results.about["reduced"] = given.quick
    results.about["peers"] = {
        **{peer.title: one.version or "of the system" for peer, one in here.items()},
        **{peer.title: f"not there: {reason}" for peer, reason in missing.items()},
    }
    repeat = given.repeat or (2 if given.quick else 5)
    sizes = QUICK if given.quick else Sizes()
    return Bench(sizes, repeat, given.patience, given.limit, folder, results, here, missing, say)


class Clock:
    """Prints lines with the time since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __call__(self, line: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self._started), 60)
        print(f"{minutes:3}:{seconds:02}  {line}", flush=True)


def _keep(bench: Bench, report: Path | None, *, complete: bool) -> None:
    """Write the raw figures and the report. An incomplete run does not replace the report of a complete one."""
    RAW.mkdir(exist_ok=True)
    moment = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    raw = RAW / f"{moment}.json"
    raw.write_text(json.dumps(bench.results.to_data(), indent=1, ensure_ascii=False), encoding="utf-8")
    target = report or (REPORT if complete else raw.with_suffix(".md"))
    _write(target, render(bench.results))
    bench.say(f"Raw figures: {raw}")
    bench.say(f"Report: {target}")


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
