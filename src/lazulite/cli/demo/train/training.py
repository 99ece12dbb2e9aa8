"""What the three training scripts share: read the table, fit, measure, keep."""

import argparse
import json
import time
from pathlib import Path

import joblib
import pandas as pd
from azureml.core import Run
from sklearn.metrics import accuracy_score, roc_auc_score, roc_curve


def train(kind, model):
    """Fit `model` on the training rows, log how well it does on the test rows, and save it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--table")
    parser.add_argument("--model")
    args = parser.parse_args()

    run = Run.get_context()
    rows = {part: pd.read_csv(Path(args.table) / f"{part}.csv") for part in ("train", "test")}
    started = time.perf_counter()
    model.fit(rows["train"].drop(columns="target"), rows["train"]["target"])
    seconds = time.perf_counter() - started

    truth = rows["test"]["target"]
    scores = model.predict_proba(rows["test"].drop(columns="target"))[:, 1]
    facts = {
        "model": kind,
        "accuracy": float(accuracy_score(truth, scores > 0.5)),
        "roc_auc": float(roc_auc_score(truth, scores)),
        "seconds": round(seconds, 3),
    }
    run.log("accuracy", facts["accuracy"])
    run.log("roc_auc", facts["roc_auc"])
    false_positive, true_positive, _ = roc_curve(truth, scores)
    curve = {"false_positive": false_positive.tolist(), "true_positive": true_positive.tolist()}
    joblib.dump(model, Path(args.model) / "model.joblib")
    (Path(args.model) / "facts.json").write_text(json.dumps({**facts, **curve}))
    print(f"{kind}: accuracy {facts['accuracy']:.4f}, area under the ROC curve {facts['roc_auc']:.4f}")
