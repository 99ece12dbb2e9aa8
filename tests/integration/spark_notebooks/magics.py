# Databricks notebook source
# MAGIC %python
# MAGIC import os
# MAGIC from azureml.core import Run
# MAGIC assert Run.get_context().id == os.environ["AZUREML_RUN_ID"]
# MAGIC 1 + 1

# COMMAND ----------

# MAGIC %run ./shared $greeting="hello"

# COMMAND ----------

assert double(4) == 8 and greeting == "hello"
plus_one = __import__("pyspark.sql.functions", fromlist=["udf"]).udf(lambda n: n + double(0) + 1, "long")
assert [row[0] for row in spark.range(3).select(plus_one("id")).collect()] == [1, 2, 3]

# COMMAND ----------

# MAGIC %sh echo "from the shell"

# COMMAND ----------

dbutils.fs.cp("file:" + dbutils.widgets.get("wheel"), "dbfs:/wheels/")

# COMMAND ----------

# MAGIC %pip install --quiet /dbfs/wheels/shouting-1.0-py3-none-any.whl

# COMMAND ----------

dbutils.fs.put("dbfs:/in/a.csv", "x\n1\n2\n", True)
assert spark.read.csv("dbfs:/in/a.csv", header=True).count() == 2
assert spark.sql("SELECT * FROM csv.`/in/a.csv`").count() == 3
assert sc.textFile("dbfs:/in").count() == 3
spark.range(2).write.mode("overwrite").json("dbfs:/out/j")
assert spark.sql("SELECT * FROM json.`dbfs:/out/j`").count() == 2
assert [one.name for one in dbutils.fs.ls("dbfs:/in")] == ["a.csv"]
there = f"wasbs://{container}@{account}.blob.core.windows.net"
assert spark.read.text(f"{there}/sales/sales.csv").count() == 5
spark.sql(f"CREATE TABLE t (a INT) USING parquet LOCATION '{there}/tables/t'")
spark.sql("INSERT INTO t VALUES (7)")
assert spark.table("t").first().a == 7

# COMMAND ----------

# MAGIC %fs ls dbfs:/in

# COMMAND ----------

secret = dbutils.secrets.get("vault", "db-password")
print("the secret is", secret)
assert dbutils.notebook.run("./child", 60, {"n": 20}) == "21"
displayHTML("<b>bold</b>")
display(spark.createDataFrame([(1, "<i>")], "a INT, b STRING"))

# COMMAND ----------

from shouting import shout
from pyspark.sql.functions import udf

assert spark.range(1).select(udf(lambda n: __import__("shouting").shout("a"))("id")).first()[0] == shout("a")
# Nothing of the step before is here.
assert spark.catalog.tableExists("left_behind") is False
assert spark.catalog.tableExists("global_temp.left_behind_too") is False
assert spark.conf.get("spark.sql.shuffle.partitions") != "3"
assert sc._jsc.hadoopConfiguration().get("lazulite.left") is None
assert spark.conf.get("spark.sql.ansi.enabled") == "false"
assert dbutils.fs.mounts() == []
