"""A graph as an Azure ML pipeline, as a user writes it: build, submit, wait. Run as a program of its own.

usage: pipeline.py GRAPH_JSON SOURCE_FOLDER SEED warm|fresh TIMINGS_JSON
       pipeline.py TIMINGS_JSON    only makes workspace and cluster

The workspace, the cluster of two nodes and the experiment are made if they are not there. Every step writes a
`PipelineData`, and reads those of the steps before it. An unknown SEED makes every step new; a known one lets all be
reused. What the parts took goes to TIMINGS_JSON.
"""

import time

STARTED = time.perf_counter()

import json  # noqa: E402 - the time that imports take is measured
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from azureml.core import Experiment, Workspace  # noqa: E402
from azureml.core.compute import AmlCompute, ComputeTarget  # noqa: E402
from azureml.core.runconfig import RunConfiguration  # noqa: E402
from azureml.pipeline.core import Pipeline, PipelineData  # noqa: E402
from azureml.pipeline.steps import PythonScriptStep  # noqa: E402

IMPORTED = time.perf_counter()
NODES = 2


def workspace_and_cluster() -> tuple[Workspace, ComputeTarget]:
    """Return both, made if they are not there; both nodes are up then."""
    workspace = Workspace.create("benchmark", exist_ok=True)
    if "cluster" in workspace.compute_targets:
        return workspace, workspace.compute_targets["cluster"]
    size = AmlCompute.provisioning_configuration("STANDARD_D2_V2", min_nodes=NODES, max_nodes=NODES)
    cluster = ComputeTarget.create(workspace, "cluster", size)
    cluster.wait_for_completion(show_output=False)
    return workspace, cluster


def steps_of(graph: str, source: str, seed: str, mode: str, cluster: ComputeTarget) -> list[PythonScriptStep]:
    """The steps, in an order in which data are made before they are read."""
    configuration = RunConfiguration()
    if mode == "fresh":
        configuration.environment.environment_variables = {"LAZULITE_FRESH_PROCESS": "1"}
    levels = json.loads(Path(graph).read_text(encoding="utf-8"))["levels"]
    data: dict[str, PipelineData] = {}
    steps = []
    for step in [step for level in levels for step in level]:
        output = data[step["name"]] = PipelineData(step["name"], is_directory=True)
        inputs = [data[before] for before in step["inputs"]]
        steps.append(
            PythonScriptStep(
                "step.py",
                name=step["name"],
                arguments=[seed, output, *inputs],
                inputs=inputs,
                outputs=[output],
                compute_target=cluster,
                runconfig=configuration,
                source_directory=source,
            )
        )
    return steps


def run(graph: str, source: str, seed: str, mode: str) -> dict[str, str | float]:
    """Build, submit, wait; return the timings, in seconds."""
    workspace, cluster = workspace_and_cluster()
    steps = steps_of(graph, source, seed, mode, cluster)
    pipeline = Pipeline(workspace, steps)
    experiment = Experiment(workspace, "benchmark")
    built = time.perf_counter()
    started = experiment.submit(pipeline)
    submitted, used = time.perf_counter(), time.process_time()
    started.wait_for_completion(show_output=False)
    finished = time.perf_counter()
    return {
        "run": started.id,
        "import": IMPORTED - STARTED,
        "build": built - IMPORTED,
        "submit": submitted - built,
        "submit_to_finished": finished - built,
        "waiting_cpu": time.process_time() - used,
    }


def main(*given: str) -> None:
    """Do what the arguments say."""
    *arguments, answer = given
    timings: dict[str, str | float] = {}
    if arguments:
        timings = run(*arguments)
    else:
        workspace_and_cluster()
    Path(answer).write_text(json.dumps(timings), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
