"""Graphs of steps, new and unchanged: Lazulite beside the bare scripts, build tools and orchestrators."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.bench import Bench
from benchmarks.contenders import Cold, Contender, Timing, Tool, Unmeasured, Warm
from benchmarks.graphs import Graph, chain, fan_out
from benchmarks.measurements import subjects
from benchmarks.ours.home import home
from benchmarks.results import Group

CPU = "cpu"


def measure_chain(bench: Bench) -> None:
    """Steps one after the other: what a step costs from end to end."""
    length = bench.sizes.chain
    _measure(bench, "chain", f"Chain of {length}", chain(length), subjects.SEQUENCE)


def measure_join(bench: Bench) -> None:
    """A small fan-out and a step that reads all its outputs."""
    width = bench.sizes.join
    _measure(bench, "join", f"Fan-out {width:,} + join", fan_out(width, join=True), subjects.XARGS)


def measure_fan_out(bench: Bench) -> None:
    """A fan-out that is large enough for start-up not to matter."""
    width = bench.sizes.fan_out
    _measure(bench, "fan-out", f"Fan-out {width:,}", fan_out(width), subjects.MAKE)


def _measure(bench: Bench, key: str, title: str, graph: Graph, baseline: str) -> None:
    groups = Groups(bench, key, title, len(graph.steps), baseline, subjects.SEQUENCE)
    with home(bench.new_folder(key) / "home") as place:
        # One step in each mode, so that the workspace is there and the nodes are warm.
        for mode in ("warm", "fresh"):
            place.run(chain(1), mode, bench.limit)
        contenders: list[Contender] = [
            *(Tool(bench, peer, installed) for peer, installed in bench.peers.items()),
            Warm(bench, place, "warm", subjects.WARM),
            Warm(bench, place, "fresh", subjects.FRESH),
            Cold(bench, subjects.COLD),
        ]
        bench.rounds({one.title: groups.turn(one, graph) for one in contenders})
    for peer, reason in bench.missing.items():
        groups.cold.note(peer.title, f"not measured: {reason}")


class Groups:
    """The tables of one graph: new, unchanged, and the processor time of both kinds of work."""

    def __init__(
        self, bench: Bench, key: str, title: str, steps: int, baseline: str, cpu_baseline: str
    ) -> None:
        self._bench, self._steps, self._title = bench, steps, title
        results = bench.results
        self.cold = results.group(f"{key}-cold", f"{title}, nothing done before", "s", baseline)
        self.cached = results.group(f"{key}-cached", f"{title}, unchanged", "s", subjects.MAKE)
        self.cpu = results.group(
            f"{key}-{CPU}", f"{title}: processor time per step", "ms", cpu_baseline, subjects.CPU_TEXT
        )

    def turn(self, contender: Contender, graph: Graph) -> Callable[[], None]:
        """Return what one turn of a contender does: the graph new, and at once again unchanged."""
        again = self.cached_turn(contender)

        def take() -> None:
            if self.cold_turn(contender, graph):
                again()

        return take

    def cold_turn(self, contender: Contender, graph: Graph) -> bool:
        """Let a contender run the graph where nothing of it was ever run; False if there is no figure."""
        timing = self._take(self.cold, contender.title, lambda: contender.cold(graph))
        if timing is not None:
            self._add_cpu(contender.title, timing)
        return timing is not None

    def cached_turn(self, contender: Contender) -> Callable[[], None]:
        """Return what runs the graph again, unchanged, for a contender that keeps results."""

        def take() -> None:
            if contender.caches:
                self._take(self.cached, contender.title, contender.cached)
            elif not isinstance(contender, Cold):
                self.cached.note(
                    contender.title, "no row, because nothing is kept and every step would run again"
                )

        return take

    def _take(self, group: Group, subject: str, run: Callable[[], Timing]) -> Timing | None:
        try:
            timing = run()
        except Unmeasured as reason:
            group.note(subject, str(reason))
            self._bench.say(f"{group.title} · {subject}: {reason}")
            return None
        group.add(subject, timing.wall)
        if timing.details is not None:
            # What a notebook's user waits for, who has imported and built before.
            group.add(subjects.inner(subject), timing.details.parts["submit_to_finished"])
        self._bench.say(f"{group.title} · {subject}: {timing.wall:.2f} s")
        return timing

    def _add_cpu(self, subject: str, timing: Timing) -> None:
        thousandths = 1000 / self._steps
        if timing.cpu is not None:
            self.cpu.add(subject, timing.cpu * thousandths)
        details = timing.details
        if details is None or details.server is None:
            return
        parts = {
            subjects.ENGINE_AND_NODES: details.server.own,
            subjects.BELOW: details.server.children,
            subjects.CLIENT: details.ended.cpu,
            subjects.WAITING: details.parts["waiting_cpu"],
        }
        for part, seconds in parts.items():
            self.cpu.add(subjects.part(subject, part), seconds * thousandths)
