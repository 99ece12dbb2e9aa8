"""v1's `azureml.exceptions`: every exception of the SDK.

Names are found on first use: see `lazulite.sdk.reexports`.
"""

from typing import TYPE_CHECKING

from lazulite.sdk.constants import VERSION
from lazulite.sdk.reexports import lazily

if TYPE_CHECKING:
    from lazulite.sdk.exceptions import ActivityFailedException as ActivityFailedException
    from lazulite.sdk.exceptions import AuthenticationException as AuthenticationException
    from lazulite.sdk.exceptions import AzureMLAggregatedException as AzureMLAggregatedException
    from lazulite.sdk.exceptions import AzureMLException as AzureMLException
    from lazulite.sdk.exceptions import ComputeTargetException as ComputeTargetException
    from lazulite.sdk.exceptions import DatasetTimestampMissingError as DatasetTimestampMissingError
    from lazulite.sdk.exceptions import DiscoveryUrlNotFoundException as DiscoveryUrlNotFoundException
    from lazulite.sdk.exceptions import ExperimentExecutionException as ExperimentExecutionException
    from lazulite.sdk.exceptions import ModelNotFoundException as ModelNotFoundException
    from lazulite.sdk.exceptions import ModelPathNotFoundException as ModelPathNotFoundException
    from lazulite.sdk.exceptions import ParallelRunException as ParallelRunException
    from lazulite.sdk.exceptions import ProjectSystemException as ProjectSystemException
    from lazulite.sdk.exceptions import RunConfigurationException as RunConfigurationException
    from lazulite.sdk.exceptions import RunEnvironmentException as RunEnvironmentException
    from lazulite.sdk.exceptions import ServiceException as ServiceException
    from lazulite.sdk.exceptions import SnapshotException as SnapshotException
    from lazulite.sdk.exceptions import TrainingException as TrainingException
    from lazulite.sdk.exceptions import UserErrorException as UserErrorException
    from lazulite.sdk.exceptions import WebserviceException as WebserviceException
    from lazulite.sdk.exceptions import WorkspaceException as WorkspaceException
    from lazulite.sdk.exceptions import WorkspacePrivateEndpointException as WorkspacePrivateEndpointException
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "ActivityFailedException": "lazulite.sdk.exceptions",
            "AuthenticationException": "lazulite.sdk.exceptions",
            "AzureMLAggregatedException": "lazulite.sdk.exceptions",
            "AzureMLException": "lazulite.sdk.exceptions",
            "ComputeTargetException": "lazulite.sdk.exceptions",
            "DatasetTimestampMissingError": "lazulite.sdk.exceptions",
            "DiscoveryUrlNotFoundException": "lazulite.sdk.exceptions",
            "ExperimentExecutionException": "lazulite.sdk.exceptions",
            "ModelNotFoundException": "lazulite.sdk.exceptions",
            "ModelPathNotFoundException": "lazulite.sdk.exceptions",
            "ParallelRunException": "lazulite.sdk.exceptions",
            "ProjectSystemException": "lazulite.sdk.exceptions",
            "RunConfigurationException": "lazulite.sdk.exceptions",
            "RunEnvironmentException": "lazulite.sdk.exceptions",
            "ServiceException": "lazulite.sdk.exceptions",
            "SnapshotException": "lazulite.sdk.exceptions",
            "TrainingException": "lazulite.sdk.exceptions",
            "UserErrorException": "lazulite.sdk.exceptions",
            "WebserviceException": "lazulite.sdk.exceptions",
            "WorkspaceException": "lazulite.sdk.exceptions",
            "WorkspacePrivateEndpointException": "lazulite.sdk.exceptions",
        },
        submodules=("_azureml_exception",),
    )
