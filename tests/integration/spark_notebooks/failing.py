# Databricks notebook source
print("before")

# COMMAND ----------


# DBTITLE 1,The query
def query(table):
    return spark.table(table)


query("no_such_table")

# COMMAND ----------

print("never")
