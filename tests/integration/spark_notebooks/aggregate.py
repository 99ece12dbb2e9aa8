# Databricks notebook source
# MAGIC %md
# MAGIC # Sales by region

# COMMAND ----------

# DBTITLE 1,The mounted input
dbutils.widgets.text("minimum", "0")
dbutils.fs.mount(
    source=dbutils.widgets.get("raw"),
    mount_point="/mnt/raw",
    extra_configs={
        dbutils.widgets.get("raw_blob_config"): dbutils.secrets.get(
            scope="amlscope", key=dbutils.widgets.get("raw_blob_secretname")
        )
    },
)
sales = spark.read.csv("/mnt/raw/sales.csv", header=True, inferSchema=True)
sales.createOrReplaceTempView("sales")
with open("/dbfs/mnt/raw/sales.csv") as lines:
    print("lines:", len(lines.readlines()))

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT region, sum(amount) AS total FROM sales
# MAGIC WHERE amount >= :minimum GROUP BY region ORDER BY region

# COMMAND ----------

_sqldf.coalesce(1).write.mode("overwrite").option("header", True).csv(getArgument("daily"))
# What must not be there in the next step.
spark.sql("CREATE TABLE left_behind AS SELECT 1 AS a")
sales.createOrReplaceGlobalTempView("left_behind_too")
spark.conf.set("spark.sql.shuffle.partitions", 3)
sc._jsc.hadoopConfiguration().set("lazulite.left", "behind")
dbutils.notebook.exit("aggregated")
