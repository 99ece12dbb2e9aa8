"""A script as v1's DatabricksStep gives it its arguments."""

import argparse

from helpers import shout
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("-raw")
parser.add_argument("--DAY")
parser.add_argument("--AZUREML_RUN_ID")
parser.add_argument("--AZUREML_SCRIPT_DIRECTORY_NAME")
known, rest = parser.parse_known_args()
assert known.DAY == "monday" and known.AZUREML_RUN_ID and known.AZUREML_SCRIPT_DIRECTORY_NAME
spark = SparkSession.builder.appName("words").config("spark.sql.shuffle.partitions", 2).getOrCreate()
print(shout(f"rows: {spark.read.csv(known.raw, header=True).count()}"))
spark.stop()
assert SparkSession.builder.getOrCreate().range(3).count() == 3
