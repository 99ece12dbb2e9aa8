import argparse
import json
import os

from azureml.core.run import Run


def main():
    run = Run.get_context()
    parser = argparse.ArgumentParser("train")
    parser.add_argument("--model_name", type=str)
    parser.add_argument("--step_output", type=str)
    parser.add_argument("--slope", type=float)
    parser.add_argument("--caller", type=str)
    args = parser.parse_args()
    with open("parameters.json") as file:
        wanted = json.load(file)["training"]["slope"]
    mse = (args.slope - wanted) ** 2
    run.log("mse", mse)
    run.parent.log("mse", mse)
    run.parent.tag("mse", value=str(mse))
    run.tag("run_type", value="train")
    print(f"tags now present for run: {run.tags}, datastore {os.environ['DATASTORE_NAME']}")
    os.makedirs(args.step_output, exist_ok=True)
    with open(os.path.join(args.step_output, args.model_name), "w") as file:
        file.write(str(args.slope))
    run.complete()


if __name__ == "__main__":
    main()
