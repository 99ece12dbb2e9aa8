"""Apache Spark on this machine: what DatabricksStep (on a local target) and SynapseSparkStep run.

    databricks, synapse     a step's work, from its settings to its end
    needs ─▶ holders ─▶ session     the JVM that fits, kept between steps, lent to one step at a time
    notebook (source, cells, magics, display, saved)     notebooks as Databricks writes them
    scripts, jars           Python files and main classes
    dbutils, filesystems    what notebooks call, and where their addresses lead

Nothing here is imported by others but `holders`, which needs no Spark.
"""
