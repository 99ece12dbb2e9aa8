import argparse

from azureml.core import Run

parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True)
args = parser.parse_args()

run = Run.get_context()
run.upload_folder("model", args.model)
run.register_model("squares", model_path="model", tags={"stage": "candidate"})
