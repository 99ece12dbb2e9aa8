import argparse
import os

from azureml.core import Run
from azureml.core.run import _OfflineRun

parser = argparse.ArgumentParser()
parser.add_argument("--folds", type=int)
args = parser.parse_args()

run = Run.get_context()
print("offline" if isinstance(run, _OfflineRun) else run.experiment.workspace.name)
for fold in range(args.folds):
    with run.child_run(name="fold %d" % fold) as child:
        child.log("score", fold / 2)
        child.log("score", fold)

run.log("text", "as it is")
run.log("long", "x" * 10_000)
run.log_list("list", range(3))
run.log_row("rows", epoch=1, loss=0.5)
run.log_row("rows", epoch=2, loss=0.25)
run.log_table("table", {"a": [1, 2], "b": ["x", "y"]})
table = {"probability_tables": [], "class_labels": ["0"]}
run.log_accuracy_table("accuracy", {"schema_type": "accuracy_table", "schema_version": "v1", "data": table})
run.log_residuals(
    "residuals", {"schema_type": "residuals", "schema_version": "v1", "data": {"bin_edges": [0, 1]}}
)
run.log_predictions("predictions", '{"schema_type": "predictions", "schema_version": "v1", "data": {}}')
run.set_tags({"folds": args.folds})
run.add_properties({"owner": "team"})

os.makedirs("outputs", exist_ok=True)
with open("outputs/model.txt", "w") as file:
    file.write("model")
run.upload_file("copies/model.txt", "outputs/model.txt")
run.upload_folder("folder", "outputs")
run.register_model("folded", model_path="copies/model.txt", tags={"from": "script"})
run.complete()
