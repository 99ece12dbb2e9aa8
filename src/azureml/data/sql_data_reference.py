"""v1's `azureml.data.sql_data_reference`."""

from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.sql_data_reference import SqlDataReference

__all__ = ["DataReference", "SqlDataReference"]
