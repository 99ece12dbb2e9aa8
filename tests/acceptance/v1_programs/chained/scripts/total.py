import argparse
import csv
import os

from azureml.core import Run

parser = argparse.ArgumentParser()
parser.add_argument("--table")
parser.add_argument("--notes")
args = parser.parse_args()

with open(os.path.join(args.table, "squares.csv")) as file:
    squares = [int(square) for _, square in csv.reader(file)]
with open(os.path.join(args.notes, "readme.txt")) as file:
    Run.get_context().tag("notes", file.read())
Run.get_context().log("total", sum(squares))
