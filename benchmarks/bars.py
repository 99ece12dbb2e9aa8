"""The bars that the project set itself, each beside what was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.measurements import data, listing, memory, rest, snapshots, starting, subjects, transfers
from benchmarks.peers import ALL, ORCHESTRATORS
from benchmarks.results import Results
from benchmarks.tables import NOTHING, number, table, times

Value = Callable[[Results], "float | None"]


@dataclass(frozen=True)
class Bar:
    """What must be reached: the value of the results is at most (or, with `at_least`, at least) `bound`.

    `unit` is that of the value; "x" for ratios.
    """

    what: str
    bound: float
    unit: str
    value: Value
    at_least: bool = False

    def is_met(self, results: Results) -> bool | None:
        """Whether it is; None where it was not measured."""
        value = self.value(results)
        if value is None:
            return None
        return value >= self.bound if self.at_least else value <= self.bound


def _ratio(key: str, subject: str, baseline: str) -> Value:
    return lambda results: results.ratio(key, subject, baseline)


def _median(key: str, subject: str) -> Value:
    return lambda results: results.median(key, subject)


def _behind_the_best(results: Results) -> float | None:
    """Lazulite's time as a multiple of the fastest orchestrator's, fan-out 1,000."""
    titles = [peer.title for peer in ALL if peer.key in ORCHESTRATORS]
    taken = [median for title in titles if (median := results.median("fan-out-cold", title)) is not None]
    ours = results.median("fan-out-cold", subjects.WARM)
    return ours / min(taken) if ours is not None and taken else None


def _warm_cpu(results: Results) -> float | None:
    return results.median("fan-out-cpu", subjects.part(subjects.WARM, subjects.ENGINE_AND_NODES))


def _fresh_cpu(results: Results) -> float | None:
    """All that engine and nodes and the programs below them used, without what the bare script uses."""
    parts = [
        results.median("fan-out-cpu", subjects.part(subjects.FRESH, part))
        for part in (subjects.ENGINE_AND_NODES, subjects.BELOW)
    ]
    bare = results.median("fan-out-cpu", subjects.SEQUENCE)
    known = [part for part in parts if part is not None]
    return sum(known) - bare if len(known) == len(parts) and bare is not None else None


def _largest(key: str, beginning: str, end: str = "") -> Value:
    """The largest median of a group's subjects whose names begin and end so."""

    def value(results: Results) -> float | None:
        group = results.groups.get(key)
        medians = [
            figure.median
            for subject, figure in (group.figures if group else {}).items()
            if subject.startswith(beginning) and subject.endswith(end) and figure.median is not None
        ]
        return max(medians, default=None)

    return value


_INNER = subjects.inner(subjects.WARM)
_WARM, _FRESH, _COLD = subjects.WARM, subjects.FRESH, subjects.COLD

BARS: tuple[Bar, ...] = (
    Bar(
        "fan-out 1,000 new, warm nodes, against `make -j2`",
        0.5,
        "x",
        _ratio("fan-out-cold", _WARM, subjects.MAKE),
    ),
    Bar("the same, a fresh process per step", 1.3, "x", _ratio("fan-out-cold", _FRESH, subjects.MAKE)),
    Bar("the same, warm, against the fastest orchestrator", 1.0, "x", _behind_the_best),
    Bar(
        "fan-out 100 + join new, whole program, against the bare scripts at -j2",
        *(0.7, "x", _ratio("join-cold", _WARM, subjects.XARGS)),
    ),
    Bar("the same, engine and nodes started too", 0.7, "x", _ratio("join-cold", _COLD, subjects.XARGS)),
    Bar("processor time per step: engine and nodes, warm", 2, "ms", _warm_cpu),
    Bar("processor time per step beyond the bare script, fresh process", 2, "ms", _fresh_cpu),
    Bar(
        "chain of 20 new, submit to finished, against the bare scripts in sequence",
        *(1.2, "x", _ratio("chain-cold", _INNER, subjects.SEQUENCE)),
    ),
    Bar("the same, whole program", 1.2, "x", _ratio("chain-cold", _WARM, subjects.SEQUENCE)),
    Bar("1,000 steps unchanged, submit to finished", 1, "s", _median("fan-out-cached", _INNER)),
    Bar("10,000 steps unchanged, submit to finished", 5, "s", _median("large-cached", _INNER)),
    Bar(f"`{starting.IMPORT}`", 150, "ms", _median(starting.KEY, starting.IMPORT)),
    Bar("the same, against `python -c pass`", 5, "x", _ratio(starting.KEY, starting.IMPORT, starting.PASS)),
    Bar("submit to the script's first line, warm", 50, "ms", _median(starting.LATENCY, starting.WARM)),
    Bar(
        "snapshot of 10,000 files, unchanged", 0.3, "s", _median(snapshots.KEYS["unchanged"], snapshots.WHOLE)
    ),
    Bar("`lazulite --help`", 200, "ms", _median(starting.KEY, starting.HELP)),
    Bar("engine idle, resident", 60, "MB", _median(memory.KEY, memory.ENGINE_IDLE + memory.RESIDENT)),
    Bar(
        "engine after 10,000 steps, resident",
        200,
        "MB",
        _largest(memory.KEY, memory.AFTER_LARGE, memory.RESIDENT),
    ),
    Bar("idle node, new, proportional", 40, "MB", _median(memory.KEY, memory.NODE_NEW + memory.PROPORTIONAL)),
    Bar(
        "idle node, used, proportional", 40, "MB", _largest(memory.KEY, memory.NODE_USED, memory.PROPORTIONAL)
    ),
    Bar(
        "upload of 1 GB, speed against `cp -r`",
        *(0.8, "x", _ratio(data.LARGE, data.COPY, data.UPLOAD), True),
    ),
    Bar(
        "upload of 1,000 small files, speed against `cp -r`",
        *(0.8, "x", _ratio(data.SMALL, data.COPY, data.UPLOAD), True),
    ),
    *(
        Bar(
            f"{what} {'to' if way == 'up' else 'from'} {where}: {files} files, speed against {other}",
            *(0.9, "x", _ratio(transfers.key(place, files, way), other, transfers.OURS), True),
        )
        for place, where, other in (
            ("azurite", "Azurite", transfers.OFFICIAL),
            ("folder", "a folder", transfers.LOOP),
        )
        for files in (transfers.SMALL, transfers.LARGE)
        for way, what in (("up", "upload"), ("down", "download"))
    ),
    Bar("memory of any transfer", 150, "MB", _largest(transfers.MEMORY, transfers.OURS)),
    Bar(
        "first page of 100,000 runs (the slowest question)",
        50,
        "ms",
        _largest(listing.KEY, listing.FIRST_PAGE),
    ),
    Bar(
        "REST: reads of a run in a second, against a bare FastAPI route with one INSERT",
        *(0.5, "x", _ratio(rest.THROUGHPUT, rest.READ, rest.INSERT), True),
    ),
)


def bars_table(results: Results) -> str:
    """Return the table: what, bar, measured, met. Of a run with reduced sizes nothing is judged."""
    reduced = bool(results.about.get("reduced"))
    rows = []
    for bar in BARS:
        value, met = bar.value(results), bar.is_met(results)
        sign = "≥" if bar.at_least else "≤"
        bound = f"{bar.bound:g}x" if bar.unit == "x" else f"{bar.bound:g} {bar.unit}"
        measured = times(value) if bar.unit == "x" else f"{number(value)} {bar.unit}"
        answer = (
            "too small"
            if reduced and met is not None
            else {True: "yes", False: "**no**", None: "not measured"}[met]
        )
        rows.append((bar.what, f"{sign} {bound}", NOTHING if value is None else measured, answer))
    return table(("what", "bar", "measured", "met?"), rows)
