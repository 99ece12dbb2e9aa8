"""Check the raw table, drop incomplete rows, and split it into training and test rows."""

import argparse
from pathlib import Path

import pandas as pd
from azureml.core import Run
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("--raw")
parser.add_argument("--table")
args = parser.parse_args()

run = Run.get_context()
frame = pd.read_csv(args.raw).dropna()
train, test = train_test_split(frame, test_size=0.25, random_state=0, stratify=frame["target"])
target = Path(args.table)
train.to_csv(target / "train.csv", index=False)
test.to_csv(target / "test.csv", index=False)
run.log("rows", len(frame))
run.log("share of benign", float(frame["target"].mean()))
print(f"{len(train)} rows to train on, {len(test)} to test with")
