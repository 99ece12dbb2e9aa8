"""Compare the trained models: a table, a picture, and a copy of the best one."""

import argparse
import json
import shutil
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from azureml.core import Run

parser = argparse.ArgumentParser()
parser.add_argument("--models", nargs="+")
parser.add_argument("--best")
args = parser.parse_args()

run = Run.get_context()
found = [(Path(folder), json.loads((Path(folder) / "facts.json").read_text())) for folder in args.models]
columns = ("model", "accuracy", "roc_auc", "seconds")
run.log_table("results", {column: [facts[column] for _, facts in found] for column in columns})

figure, axes = plt.subplots(figsize=(5, 5))
for _, facts in found:
    axes.plot(
        facts["false_positive"], facts["true_positive"], label=f"{facts['model']} ({facts['roc_auc']:.3f})"
    )
axes.set(xlabel="false positives", ylabel="true positives", title="ROC curves")
axes.legend(loc="lower right")
run.log_image("roc", plot=figure)
figure.savefig("roc.png")
run.upload_file("roc.png", "roc.png")

folder, facts = max(found, key=lambda pair: pair[1]["roc_auc"])
shutil.copytree(folder, args.best, dirs_exist_ok=True)
run.log("best", facts["model"])
run.parent.tag("best", facts["model"])
print(f"the best model is {facts['model']}")
