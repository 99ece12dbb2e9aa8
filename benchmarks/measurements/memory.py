"""Memory of the engine and of nodes while they wait for work."""

from __future__ import annotations

import time

from benchmarks import processtree
from benchmarks.bench import Bench
from benchmarks.graphs import fan_out
from benchmarks.ours.home import Home, home
from benchmarks.results import Group

KEY = "memory"
ENGINE_IDLE = "engine, idle, before its first run"
NODE_NEW = "node with all its processes, idle, before its first step"
NODE_USED = "node with all its processes, idle, after"
AFTER_LARGE = "engine, idle, after a run of"
#: What is added to a row's name for each of the two ways to count.
RESIDENT, PROPORTIONAL = " · resident", " · proportional"
_USE = 100


def measure(bench: Bench) -> None:
    """Look at an engine and nodes that are new, and at nodes that were used."""
    with home(bench.new_folder("memory") / "home") as place:
        place.start()
        time.sleep(bench.sizes.idle_seconds)
        add_engine(bench, place, ENGINE_IDLE)
        _add_nodes(bench, place, NODE_NEW)
        place.run(fan_out(_USE), "warm", bench.limit)
        time.sleep(bench.sizes.idle_seconds)
        _add_nodes(bench, place, f"{NODE_USED} {_USE} steps")


def add_engine(bench: Bench, place: Home, subject: str) -> None:
    """Add the engine's own memory, without nodes that it may have started."""
    used = processtree.memory(place.engine, without=place.nodes)
    _add(_group(bench), subject, used)
    bench.say(f"Memory · {subject}: {used.resident:.0f} MB")


def _add_nodes(bench: Bench, place: Home, subject: str) -> None:
    for node in place.nodes:
        used = processtree.memory(node)
        _add(_group(bench), subject, used)
        bench.say(f"Memory · {subject}: {used.resident:.0f} MB")


def _add(group: Group, subject: str, used: processtree.Memory) -> None:
    group.add(subject + RESIDENT, used.resident)
    if used.proportional is None:
        group.note(subject + PROPORTIONAL, "this system does not tell")
    else:
        group.add(subject + PROPORTIONAL, used.proportional)


def _group(bench: Bench) -> Group:
    return bench.results.group(
        KEY,
        "Memory",
        "MB",
        text="Resident memory counts a page that several processes share once in each; proportional memory divides it among "
        "them, so that sums are true. Both are sums over a process and all below it.",
    )
