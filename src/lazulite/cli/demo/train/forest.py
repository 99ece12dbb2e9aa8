"""Train a random forest."""

from sklearn.ensemble import RandomForestClassifier
from training import train

TREES = 100
train("forest", RandomForestClassifier(n_estimators=TREES, random_state=0))
