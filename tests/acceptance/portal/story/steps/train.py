import argparse
import os

from azureml.core import Run

parser = argparse.ArgumentParser()
parser.add_argument("--table", required=True)
parser.add_argument("--model", required=True)
parser.add_argument("--rate", type=float, default=0.1)
args = parser.parse_args()

run = Run.get_context()
accuracy = 0.5
for epoch in range(12):
    accuracy += (0.97 - accuracy) * args.rate * 3
    run.log("accuracy", accuracy)
    run.log("loss", 1 - accuracy)
run.parent.log("accuracy", accuracy)
if args.rate > 0.3:
    raise ValueError("the learning rate %s is too large: the loss grows without bound" % args.rate)
os.makedirs(args.model, exist_ok=True)
with open(os.path.join(args.model, "model.json"), "w") as file:
    file.write('{"rate": %s, "accuracy": %s}\n' % (args.rate, accuracy))
