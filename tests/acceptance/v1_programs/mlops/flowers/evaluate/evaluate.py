import argparse
import time

from azureml.core import Model, Run

run = Run.get_context()
ws = run.experiment.workspace
parser = argparse.ArgumentParser("evaluate")
parser.add_argument("--model_name", type=str)
args = parser.parse_args()

models = Model.list(ws, name=args.model_name, tags=[["experiment", run.experiment.name]], latest=True)
new = float(run.parent.get_metrics()["mse"])
if not models:
    print("This is the first model, thus it should be registered")
elif new < float(models[0].tags["mse"]):
    print("New trained model performs better, thus it should be registered")
else:
    print("New trained model is not better, so skipping model registration.", flush=True)
    run.parent.cancel()
    time.sleep(60)
