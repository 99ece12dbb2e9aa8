import argparse
import csv
import os
import random

from azureml.core import Run

parser = argparse.ArgumentParser()
parser.add_argument("--input", type=str)
parser.add_argument("--train", type=str)
parser.add_argument("--test", type=str)
args = parser.parse_args()
print("Argument 1: %s" % args.input)

run = Run.get_context()
with open(args.input) as file:
    header, *flowers = csv.reader(file)
random.Random(0).shuffle(flowers)
for folder, part, name in ((args.train, flowers[45:], "train.csv"), (args.test, flowers[:45], "test.csv")):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w") as file:
        csv.writer(file).writerows([header, *part])
run.log("rows", len(flowers))
run.parent.log("rows", len(flowers))
