"""What a query or a table of a database gives, as a step takes it. v1: `azureml.data.sql_data_reference`."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, NoReturn

from lazulite.sdk.data_place import datastore_name
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.exceptions import UserErrorException


class StoredProcedureParameterType(enum.Enum):
    """The type of a stored procedure's parameter. v1: `StoredProcedureParameterType`."""

    String = "String"
    Int = "Int"
    Decimal = "Decimal"
    Guid = "Guid"
    Boolean = "Boolean"
    Date = "Date"


class StoredProcedureParameter:
    """A parameter of a stored procedure. v1: `azureml.data.stored_procedure_parameter.StoredProcedureParameter`.

    Args:
        name: Its name.
        value: Its value.
        type: Its type; without it String.
    """

    def __init__(
        self,
        name: str,
        value: Any,
        type: StoredProcedureParameterType | None = None,  # noqa: A002 - v1's name
    ) -> None:
        self.name = name
        self.value = value
        self.type = type or StoredProcedureParameterType.String


class SqlDataReference(DataReference):
    """Rows of a database: a table, what a query gives, or what a stored procedure gives.

    Args:
        datastore: The database, a datastore or its name.
        data_reference_name: Its name in steps; without it the datastore's name.
        sql_table: The table. One of these three is needed.
        sql_query: The query.
        sql_stored_procedure: The stored procedure.
        sql_stored_procedure_params: Its parameters.

    Raises:
        UserErrorException: none or several of table, query and procedure are given.

    Example:
        `SqlDataReference(Datastore(ws, "sales"), "orders", sql_query="SELECT * FROM orders WHERE year = 2019")`, then a
        `DataTransferStep` copies it to a file.

    v1: `azureml.data.sql_data_reference.SqlDataReference`.
    """

    def __init__(
        self,
        datastore: Any,
        data_reference_name: str | None = None,
        sql_table: str | None = None,
        sql_query: str | None = None,
        sql_stored_procedure: str | None = None,
        sql_stored_procedure_params: Sequence[StoredProcedureParameter] | None = None,
    ) -> None:
        super().__init__(datastore, data_reference_name)
        given = {
            "sql_table": sql_table,
            "sql_query": sql_query,
            "sql_stored_procedure": sql_stored_procedure,
        }
        named = [name for name, value in given.items() if value]
        if len(named) != 1:
            raise UserErrorException(
                f"SqlDataReference '{self.data_reference_name}': {' and '.join(named) or 'nothing'} given. Expected one of "
                "sql_table, sql_query and sql_stored_procedure."
            )
        self.sql_table = sql_table
        self.sql_query = sql_query
        self.sql_stored_procedure = sql_stored_procedure
        self.sql_stored_procedure_params = sql_stored_procedure_params

    def path(self, path: str | None = None, data_reference_name: str | None = None) -> NoReturn:
        """Refused: rows have no path.

        Raises:
            UserErrorException: always.
        """
        raise self._no_files("path")

    def as_mount(self) -> NoReturn:
        """Refused, as `path`.

        Raises:
            UserErrorException: always.
        """
        raise self._no_files("as_mount")

    def as_download(self, path_on_compute: str | None = None, overwrite: bool = False) -> NoReturn:
        """Refused, as `path`.

        Raises:
            UserErrorException: always.
        """
        raise self._no_files("as_download")

    def as_upload(self, path_on_compute: str | None = None, overwrite: bool = False) -> NoReturn:
        """Refused, as `path`.

        Raises:
            UserErrorException: always.
        """
        raise self._no_files("as_upload")

    def to_config(self) -> NoReturn:
        """Refused: a run configuration knows files only.

        Raises:
            UserErrorException: always.
        """
        raise self._no_files("to_config")

    def _no_files(self, what: str) -> UserErrorException:
        return UserErrorException(
            f"SqlDataReference '{self.data_reference_name}' has no {what}: it is rows, not files. A DataTransferStep copies "
            "them to a file."
        )

    def __repr__(self) -> str:
        what = self.sql_table or self.sql_query or self.sql_stored_procedure
        return f"SqlDataReference({self.data_reference_name!r}, {datastore_name(self.datastore)!r}, {what!r})"
