"""Train gradient boosted trees."""

from sklearn.ensemble import HistGradientBoostingClassifier
from training import train

train("boosting", HistGradientBoostingClassifier(max_iter=100, random_state=0))
