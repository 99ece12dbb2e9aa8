"""A DatabricksStep at a Databricks workspace, through the official `databricks-sdk`."""
