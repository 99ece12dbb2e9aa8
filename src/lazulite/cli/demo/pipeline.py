"""The demo pipeline: plain v1 code, as it would stand in a notebook.

    upload ─▶ prepare ─┬▶ train logistic ─┐
                       ├▶ train forest ───┼▶ compare ─▶ register
                       └▶ train boosting ─┘

Run it alone with `python pipeline.py`, or let `lazulite demo` run it three times.
"""

import argparse
import tempfile
from pathlib import Path

from azureml.core import Datastore, Experiment, Workspace
from azureml.core.compute import AmlCompute, ComputeTarget
from azureml.data.data_reference import DataReference
from azureml.pipeline.core import Pipeline, PipelineData
from azureml.pipeline.steps import PythonScriptStep

HERE = Path(__file__).resolve().parent


def upload(datastore):
    """Write the data set that comes with scikit-learn to the datastore: 569 tumours, 30 measures, benign or not."""
    from sklearn.datasets import load_breast_cancer

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tumours.csv"
        load_breast_cancer(as_frame=True).frame.to_csv(file, index=False)
        datastore.upload_files([str(file)], target_path="demo/tumours", overwrite=True)
    return DataReference(
        datastore, data_reference_name="tumours", path_on_datastore="demo/tumours/tumours.csv"
    )


def cluster(ws):
    """Four small worker nodes on this machine."""
    if "demo-cluster" in ws.compute_targets:
        return ws.compute_targets["demo-cluster"]
    config = AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", min_nodes=0, max_nodes=4)
    target = ComputeTarget.create(ws, "demo-cluster", config)
    target.wait_for_completion(show_output=True)
    return target


def build(ws):
    """Build the pipeline; nothing runs yet."""
    datastore = Datastore(ws, "workspaceblobstore")
    target = cluster(ws)
    raw = upload(datastore)

    def step(folder, script, inputs, outputs, arguments, **reuse):
        return PythonScriptStep(
            script_name=f"{script}.py",
            name=script,
            source_directory=str(HERE / folder),
            compute_target=target,
            inputs=inputs,
            outputs=outputs,
            arguments=arguments,
            **reuse,
        )

    table = PipelineData("table", datastore=datastore)
    prepare = step("prepare", "prepare", [raw], [table], ["--raw", raw, "--table", table])

    trained, trainings = [], []
    for kind in ("logistic", "forest", "boosting"):
        model = PipelineData(kind, datastore=datastore)
        arguments = ["--table", table, "--model", model]
        # The three scripts share a folder. hash_paths says which of its files matter to each, besides itself.
        trainings.append(step("train", kind, [table], [model], arguments, hash_paths=["training.py"]))
        trained.append(model)

    best = PipelineData("best", datastore=datastore, pipeline_output_name="best")
    compare = step("compare", "compare", trained, [best], ["--models", *trained, "--best", best])
    register = step("register", "register", [best], [], ["--best", best])
    return Pipeline(
        ws, steps=[prepare, trainings, compare, register], description="Which tumours are benign?"
    )


def show(run):
    """Print the table of results, and where the picture is."""
    print(f"\n{'model':<12}{'accuracy':>10}{'roc auc':>10}{'seconds':>10}")
    results = run.find_step_run("compare")[0].get_metrics("results")["results"]
    for row in zip(*(results[column] for column in ("model", "accuracy", "roc_auc", "seconds"))):
        print("{:<12}{:>10.4f}{:>10.4f}{:>10.2f}".format(*row))
    run.find_step_run("compare")[0].download_file("roc.png", "roc.png")
    print(f"\nThe ROC curves: {Path('roc.png').resolve()}")


def main():
    """Submit, wait, show."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--again", action="store_true", help="reuse what did not change")
    again = parser.parse_args().again
    ws = Workspace.create(name="lazulite-demo", exist_ok=True)
    run = Experiment(ws, "demo").submit(build(ws), regenerate_outputs=not again)
    run.wait_for_completion()
    show(run)


if __name__ == "__main__":
    main()
