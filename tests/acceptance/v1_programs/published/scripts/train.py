import argparse
import json

from azureml.core import Run

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
parser.add_argument("--data")
args = parser.parse_args()

run = Run.get_context()
run.log("epochs", args.epochs)
with open(args.data) as file:
    print(json.dumps({"epochs": args.epochs, "data": file.read().strip()}))
