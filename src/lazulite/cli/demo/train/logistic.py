"""Train a logistic regression on scaled measures."""

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from training import train

train("logistic", make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)))
