"""Memory and processor time of processes that live on: the engine, nodes, and whatever those started."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Memory:
    """Megabytes: what is resident (shared pages count in each process), and the fair share (None where unknown)."""

    resident: float
    proportional: float | None


@dataclass(frozen=True)
class Cpu:
    """Seconds of processor time: of the processes themselves, and of their children that have ended."""

    own: float
    children: float


def with_descendants(pids: Iterable[int]) -> list[psutil.Process]:
    """Return the processes with all below them; those that are gone are left out."""
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        try:
            top = psutil.Process(pid)
            found.update({one.pid: one for one in [top, *top.children(recursive=True)]})
        except psutil.NoSuchProcess:
            continue
    return list(found.values())


def memory(pid: int, without: Iterable[int] = ()) -> Memory:
    """Return the memory of a process and all below it, but for those in `without` and all below those."""
    left_out = {process.pid for process in with_descendants(without)}
    resident, proportional = 0, 0
    known = True
    for process in with_descendants([pid]):
        if process.pid in left_out:
            continue
        try:
            resident += process.memory_info().rss
            share = getattr(process.memory_full_info(), "pss", None)  # Linux only
        except psutil.NoSuchProcess:
            continue
        known = known and share is not None
        proportional += share or 0
    return Memory(resident / MEGABYTE, proportional / MEGABYTE if known else None)


def cpu(pids: Iterable[int]) -> dict[int, Cpu]:
    """Return what each process and all below them have used up to now."""
    used = {}
    for process in with_descendants(pids):
        try:
            spent = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used[process.pid] = Cpu(
            spent.user + spent.system,
            getattr(spent, "children_user", 0.0) + getattr(spent, "children_system", 0.0),
        )
    return used


def spent(before: Mapping[int, Cpu], after: Mapping[int, Cpu]) -> Cpu:
    """Return what was used in between; a process that is new used all it has since."""
    nothing = Cpu(0.0, 0.0)
    return Cpu(
        sum(now.own - before.get(pid, nothing).own for pid, now in after.items()),
        sum(now.children - before.get(pid, nothing).children for pid, now in after.items()),
    )
