"""Register the best model in the workspace."""

import argparse
import json
from pathlib import Path

from azureml.core import Model, Run

parser = argparse.ArgumentParser()
parser.add_argument("--best")
args = parser.parse_args()

run = Run.get_context()
facts = json.loads((Path(args.best) / "facts.json").read_text())
model = Model.register(
    run.experiment.workspace,
    model_path=str(Path(args.best) / "model.joblib"),
    model_name="tumours",
    tags={"kind": facts["model"], "roc_auc": f"{facts['roc_auc']:.4f}"},
)
run.log("version", model.version)
print(f"registered {model.name}, version {model.version}")
