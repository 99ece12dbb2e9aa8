"""v1's `azureml.data`: what steps read and write.

Names are found on first use: see `lazulite.sdk.reexports`.
"""

from typing import TYPE_CHECKING

from lazulite.sdk.constants import VERSION
from lazulite.sdk.reexports import lazily

if TYPE_CHECKING:
    pass
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {},
        absent=(
            "DataType",
            "DatacacheStore",
            "FileDataset",
            "HDFSOutputDatasetConfig",
            "LinkFileOutputDatasetConfig",
            "LinkTabularOutputDatasetConfig",
            "OutputFileDatasetConfig",
            "TabularDataset",
        ),
        submodules=(
            "abstract_datastore",
            "azure_data_lake_datastore",
            "azure_my_sql_datastore",
            "azure_postgre_sql_datastore",
            "azure_sql_database_datastore",
            "azure_storage_datastore",
            "constants",
            "data_reference",
            "datapath",
            "datastore_client",
            "dbfs_datastore",
            "hdfs_datastore",
            "sql_data_reference",
            "stored_procedure_parameter",
        ),
    )
