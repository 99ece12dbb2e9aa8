"""v1's `azureml.core.conda_dependencies`."""

from lazulite.sdk.conda_dependencies import (
    CONDA_FILE_NAME,
    PYTHON_DEFAULT_VERSION,
    PYTHON_PREFIX,
    CondaDependencies,
)
from lazulite.sdk.conda_file import CHANNELS, PACKAGES, PIP
from lazulite.sdk.constants import VERSION
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.package_words import CPU, GPU
from lazulite.sdk.pip_lines import (
    CNTK_DEFAULT_VERSION,
    CNTK_PACKAGE_PREFIX,
    TENSORFLOW_DEFAULT_VERSION,
    TENSORFLOW_PACKAGE_PREFIX,
)

__all__ = [
    "CHANNELS",
    "CNTK_DEFAULT_VERSION",
    "CNTK_PACKAGE_PREFIX",
    "CONDA_FILE_NAME",
    "CPU",
    "GPU",
    "PACKAGES",
    "PIP",
    "PYTHON_DEFAULT_VERSION",
    "PYTHON_PREFIX",
    "TENSORFLOW_DEFAULT_VERSION",
    "TENSORFLOW_PACKAGE_PREFIX",
    "VERSION",
    "CondaDependencies",
    "UserErrorException",
]
