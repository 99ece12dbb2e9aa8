"""What a node's size allows one job: cores, memory, GPUs, as far as this machine can hold it to that."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import sys
from collections.abc import Callable, Iterator
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


@contextlib.contextmanager
def held(resources: Resources, slot: int, say: Callable[[str], None]) -> Iterator[None]:
    """Within this block a started process is held to the bounds (processes inherit them)."""
    if resources.gpus and not available_gpus() and not shutil.which("nvidia-smi"):
        say(
            f"{resources.vm_size} has {resources.gpus} GPU(s), no NVIDIA GPU was found here: the script runs on CPUs."
        )
    cpus = available_cpus()
    limits = resource.getrlimit(resource.RLIMIT_DATA)
    if sys.platform == "linux":
        os.sched_setaffinity(0, chosen(cpus, resources.cores, slot))
    _bound_memory(resources.memory, limits, say)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, limits)
        if sys.platform == "linux":
            os.sched_setaffinity(0, cpus)


def _bound_memory(memory: int, limits: tuple[int, int], say: Callable[[str], None]) -> None:
    soft, hard = limits
    if not memory or (soft != resource.RLIM_INFINITY and soft <= memory):
        return
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, hard))
    except (ValueError, OSError) as error:
        say(f"The memory of the script could not be bounded to {memory} bytes: {error}.")
