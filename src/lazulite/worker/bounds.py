"""What a node's size allows one job: cores, memory, GPUs, as far as this machine can hold it to that."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lazulite.model.job import Resources

T = TypeVar("T")

_GPUS = Path("/proc/driver/nvidia/gpus")
#: Read by OpenMP, MKL, OpenBLAS, numexpr and macOS's Accelerate when they size their pools.
_THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def variables(resources: Resources, slot: int) -> dict[str, str]:
    """Return the environment variables that tell libraries of the bounds."""
    if not resources.cores:
        return {}
    found = dict.fromkeys(_THREADS, str(min(resources.cores, len(available_cpus()))))
    gpus = available_gpus()
    if not resources.gpus or gpus:
        found["CUDA_VISIBLE_DEVICES"] = ",".join(chosen(gpus, resources.gpus, slot) if resources.gpus else ())
    return found


def available_gpus() -> tuple[str, ...]:
    """Return the NVIDIA GPUs this process may use, as CUDA names them; empty if there is none, or none is known."""
    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    if given is not None:
        return tuple(name.strip() for name in given.split(",") if name.strip())
    try:
        return tuple(str(number) for number, _ in enumerate(_GPUS.iterdir()))
    except OSError:
        return ()


def available_cpus() -> tuple[int, ...]:
    """Return the CPUs this process may use; where the system does not tell which, their numbers from 0."""
    if sys.platform == "linux":
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def chosen(available: tuple[T, ...], count: int, slot: int) -> tuple[T, ...]:
    """Return the CPUs or GPUs for the node in that slot: neighbours in a ring, so that nodes spread evenly."""
    if not count or count >= len(available):
        return available
    first = slot * count
    taken = {(first + i) % len(available) for i in range(count)}
    return tuple(item for place, item in enumerate(available) if place in taken)


@dataclass(frozen=True)
class Bounds:
    """What a script's process is held to: CPUs (none named: all), and the soft and hard limit of its data in bytes."""

    cpus: tuple[int, ...] = ()
    memory: tuple[int, int] | None = None


def of_node(resources: Resources, slot: int, say: Callable[[str], None]) -> Bounds:
    """Return the bounds of a job on the node in that slot; `say` takes what cannot be had here."""
    if resources.gpus and not available_gpus() and not shutil.which("nvidia-smi"):
        say(
            f"{resources.vm_size} has {resources.gpus} GPU(s), no NVIDIA GPU was found here: the script runs on CPUs."
        )
    cpus = available_cpus()
    taken = chosen(cpus, resources.cores, slot)
    bound_cpus = taken if sys.platform == "linux" and taken != cpus else ()
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if not resources.memory or (soft != resource.RLIM_INFINITY and soft <= resources.memory):
        return Bounds(bound_cpus)
    if hard != resource.RLIM_INFINITY and hard < resources.memory:
        say(f"The memory of the script is bounded to {hard} bytes, this system's own limit.")
        return Bounds(bound_cpus, (hard, hard))
    return Bounds(bound_cpus, (resources.memory, hard))


@contextlib.contextmanager
def held(bounds: Bounds) -> Iterator[None]:
    """Within this block a process that this thread starts is held to the bounds (processes inherit them)."""
    cpus = available_cpus()
    limits = resource.getrlimit(resource.RLIMIT_DATA)
    if bounds.cpus:
        os.sched_setaffinity(0, bounds.cpus)
    if bounds.memory:
        resource.setrlimit(resource.RLIMIT_DATA, bounds.memory)
    try:
        yield
    finally:
        if bounds.memory:
            resource.setrlimit(resource.RLIMIT_DATA, limits)
        if bounds.cpus:
            os.sched_setaffinity(0, cpus)
