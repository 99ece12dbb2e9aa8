import argparse
import os

import joblib
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd
from azureml.core.run import Run
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix

parser = argparse.ArgumentParser()
parser.add_argument("--train")
parser.add_argument("--test")
parser.add_argument("--strength", type=float)
parser.add_argument("--model")
args, _ = parser.parse_known_args()

run = Run.get_context()
train = pd.read_csv(os.path.join(args.train, "train.csv"))
test = pd.read_csv(os.path.join(args.test, "test.csv"))
model = LogisticRegression(C=args.strength, max_iter=500)
model.fit(train.drop(columns="target"), train["target"])

guesses = model.predict(test.drop(columns="target"))
run.log("accuracy", (guesses == test["target"]).mean())
run.log_list("classes", model.classes_)
matrix = {"class_labels": ["0", "1", "2"], "matrix": confusion_matrix(test["target"], guesses).tolist()}
run.log_confusion_matrix(
    "confusion", {"schema_type": "confusion_matrix", "schema_version": "v1", "data": matrix}
)
plt.hist(guesses)
run.log_image("guesses", plot=plt)

os.makedirs("outputs", exist_ok=True)
joblib.dump(model, "outputs/model.pkl")
joblib.dump(model, args.model)
