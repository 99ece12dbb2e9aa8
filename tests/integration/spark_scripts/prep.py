"""A file as v1's SynapseSparkStep runs it."""

import os
import sys

from helpers import shout
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
source, target = sys.argv[1:]
assert os.environ["raw"] == source
rows = spark.read.csv(source, header=True)
rows.select(udf(shout)("region").alias("region")).distinct().coalesce(1).write.mode("overwrite").csv(target)
assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
