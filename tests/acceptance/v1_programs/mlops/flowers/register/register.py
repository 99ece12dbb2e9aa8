import argparse
import os

from azureml.core import Model, Run

run = Run.get_context()
parser = argparse.ArgumentParser("register")
parser.add_argument("--model_name", type=str)
parser.add_argument("--step_input", type=str)
args = parser.parse_args()

tags = run.parent.get_tags()
model = Model.register(
    workspace=run.experiment.workspace,
    model_name=args.model_name,
    model_path=os.path.join(args.step_input, args.model_name),
    tags={"mse": tags["mse"], "experiment": run.experiment.name, "BuildId": tags["BuildId"]},
    properties={"run_id": run.parent.id},
    description="slope of flowers",
)
print(f"Model registered: {model.name} \nModel Version: {model.version}")
