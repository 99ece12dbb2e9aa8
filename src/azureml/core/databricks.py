"""v1's `azureml.core.databricks`: libraries and cluster sections of a run configuration."""

from lazulite.sdk.databricks_libraries import (
    DatabricksCluster,
    DatabricksEnvironment,
    DatabricksSection,
    EggLibrary,
    JarLibrary,
    MavenLibrary,
    PyPiLibrary,
    RCranLibrary,
)
from lazulite.sdk.exceptions import UserErrorException

__all__ = [
    "DatabricksCluster",
    "DatabricksEnvironment",
    "DatabricksSection",
    "EggLibrary",
    "JarLibrary",
    "MavenLibrary",
    "PyPiLibrary",
    "RCranLibrary",
    "UserErrorException",
]
