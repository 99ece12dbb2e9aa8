import argparse
import json

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from azureml.core import Run

RATE_LIMIT = 0.3

parser = argparse.ArgumentParser()
parser.add_argument("--table")
parser.add_argument("--rate", type=float)
args = parser.parse_args()

run = Run.get_context()
accuracy = 0.5
for epoch in range(12):
    accuracy += (0.97 - accuracy) * args.rate
    run.log("accuracy", accuracy, step=epoch)
    run.log("<u>loss</u>", 1 - accuracy)
    print("epoch %d: accuracy %.3f" % (epoch, accuracy))
if args.rate > RATE_LIMIT:
    raise ValueError("the rate %s is too large <script>alert('error')</script>" % args.rate)
plt.plot([0, 1], [0, 1])
run.log_image("roc <b>curve</b>", plot=plt)
run.log_table("<b>by class</b>", {"n": [1, 2, 3], "precision": [0.9, 0.8, 0.7]})
run.log_confusion_matrix(
    "confusion",
    json.dumps(
        {
            "schema_type": "confusion_matrix",
            "data": {"class_labels": ["<b>no</b>", "yes"], "matrix": [[8, 2], [1, 9]]},
        }
    ),
)
