# Databricks notebook source
password = dbutils.secrets.get("vault", "db-password")
print("before")

# COMMAND ----------


# DBTITLE 1,The query
def query(table):
    return spark.table(table)


query(f"no_such_table.`{password}`")

# COMMAND ----------

print("never")
