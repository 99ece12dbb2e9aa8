"""v1's `azureml.data.stored_procedure_parameter`."""

from lazulite.sdk.sql_data_reference import StoredProcedureParameter, StoredProcedureParameterType

__all__ = ["StoredProcedureParameter", "StoredProcedureParameterType"]
