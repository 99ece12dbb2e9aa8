"""What a vm_size allows: CPUs, threads, memory, GPUs."""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.worker.conftest import Jobs

from lazulite.model.environment import EnvironmentSpec
from lazulite.model.job import Resources
from lazulite.worker import bounds

SHOW = """
import json, os, resource
cpus = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
print(json.dumps({"cpus": cpus, "memory": resource.getrlimit(resource.RLIMIT_DATA)[0], "env": dict(os.environ)}))
"""


def test_a_script_is_held_to_its_size_and_the_worker_is_not(jobs: Jobs) -> None:
    cpus, limits = bounds.available_cpus(), resource.getrlimit(resource.RLIMIT_DATA)
    ran = jobs.run(SHOW, resources=Resources(cores=1, memory=1 << 30, vm_size="Standard_D1"))
    seen = json.loads(ran.printed)
    assert seen["memory"] == 1 << 30
    assert seen["env"]["OMP_NUM_THREADS"] == "1"
    assert seen["env"]["CUDA_VISIBLE_DEVICES"] == ""
    if sys.platform == "linux":
        assert seen["cpus"] == [cpus[0]]
    assert bounds.available_cpus() == cpus
    assert resource.getrlimit(resource.RLIMIT_DATA) == limits


def test_without_a_size_nothing_is_bounded(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)
    seen = json.loads(jobs.run(SHOW).printed)
    assert not {"OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"} & set(seen["env"])
    assert seen["memory"] == resource.getrlimit(resource.RLIMIT_DATA)[0]


def test_what_the_user_sets_wins(jobs: Jobs) -> None:
    environment = EnvironmentSpec(variables={"OMP_NUM_THREADS": "7"})
    seen = json.loads(jobs.run(SHOW, resources=Resources(cores=1), environment=environment).printed)
    assert seen["env"]["OMP_NUM_THREADS"] == "7"


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 200), unique=True, max_size=32).map(sorted), st.integers(0, 40), st.integers(0, 9)
)
def test_each_node_gets_its_share_and_neighbours_do_not_overlap(
    available: list[int], count: int, slot: int
) -> None:
    given_cpus = tuple(available)
    mine = bounds.chosen(given_cpus, count, slot)
    assert set(mine) <= set(given_cpus)
    assert len(mine) == (min(count, len(available)) if count else len(available))
    if count and 2 * count <= len(available):
        assert not set(mine) & set(bounds.chosen(given_cpus, count, slot + 1))


def test_gpus_are_shared_out_by_slot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-a, GPU-b,GPU-c")
    one = Resources(cores=1, gpus=1)
    seen = [bounds.variables(one, slot)["CUDA_VISIBLE_DEVICES"] for slot in range(4)]
    assert seen == ["GPU-a", "GPU-b", "GPU-c", "GPU-a"]
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    for name in ("0000:01:00.0", "0000:02:00.0"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(bounds, "_GPUS", tmp_path)
    assert bounds.variables(Resources(cores=1, gpus=4), 1)["CUDA_VISIBLE_DEVICES"] == "0,1"
    monkeypatch.setattr(bounds, "_GPUS", tmp_path / "none")
    assert "CUDA_VISIBLE_DEVICES" not in bounds.variables(one, 0)  # none known: nothing is hidden


def test_a_gpu_that_is_missing_is_noted(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("PATH", os.defpath if not _has_nvidia(os.defpath) else "/nowhere")
    ran = jobs.run("pass", resources=Resources(cores=1, gpus=2, vm_size="Standard_NC12"))
    assert "Standard_NC12 has 2 GPU(s), no NVIDIA GPU was found here" in ran.log(
        "azureml-logs/65_job_prep.txt"
    )


def _has_nvidia(path: str) -> bool:
    return any(Path(folder, "nvidia-smi").exists() for folder in path.split(os.pathsep))
