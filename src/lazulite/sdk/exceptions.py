"""v1's exceptions, and the edge where the system's errors become them.

AzureMLException
├── AuthenticationException (also UserErrorException)
├── UserErrorException
│   └── DatastoreNotFound      also msrest's HttpOperationError where msrest is installed
├── ActivityFailedException    a run failed; `message` is the JSON of its error
├── ComputeTargetException
├── ExperimentExecutionException
├── ProjectSystemException
│   └── WorkspaceException
├── RunEnvironmentException
├── SnapshotException
└── … the rest of v1's family
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lazulite.model import errors


class AzureMLException(Exception):
    """Base of everything the SDK raises. v1: `azureml.exceptions.AzureMLException`.

    Args:
        exception_message: What happened.
        inner_exception: The exception behind it, if any.
    """

    def __init__(
        self,
        exception_message: object,
        inner_exception: BaseException | None = None,
        target: str | None = None,
        details: Any = None,
        message_format: str | None = None,
        message_parameters: Any = None,
        reference_code: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(exception_message)
        self._message = str(exception_message)
        self._inner_exception = inner_exception
        self._target = target
        self._details = details

    @property
    def message(self) -> str:
        """What happened, in words."""
        return self._message

    @message.setter
    def message(self, value: str) -> None:
        self._message = value

    @property
    def inner_exception(self) -> BaseException | None:
        """The exception behind this one, or None."""
        return self._inner_exception

    @inner_exception.setter
    def inner_exception(self, value: BaseException | None) -> None:
        self._inner_exception = value

    def print_stacktrace(self) -> None:
        """Print the traceback of the exception behind this one."""
        import traceback

        inner = self._inner_exception or self
        traceback.print_exception(type(inner), inner, inner.__traceback__)

    def __str__(self) -> str:
        return self._message


class UserErrorException(AzureMLException):
    """The caller gave something that cannot be used. v1: `azureml.exceptions.UserErrorException`."""

    def __init__(self, exception_message: object, **kwargs: Any) -> None:
        super().__init__(exception_message, **kwargs)


class AuthenticationException(UserErrorException):
    """Authentication failed. v1: `azureml.exceptions.AuthenticationException`."""


class ActivityFailedException(AzureMLException):
    """A run failed. v1: `azureml.exceptions.ActivityFailedException`."""

    def __init__(self, error_details: object, **kwargs: Any) -> None:
        super().__init__(error_details, **kwargs)


class ComputeTargetException(AzureMLException):
    """A compute target is missing or misconfigured. v1: `azureml.exceptions.ComputeTargetException`."""


class ExperimentExecutionException(AzureMLException):
    """An experiment could not be run, or waiting for it was interrupted."""


class ProjectSystemException(AzureMLException):
    """A project or its configuration file cannot be used."""


class WorkspaceException(ProjectSystemException):
    """A workspace is missing, exists already, or cannot be used. v1: `azureml.exceptions.WorkspaceException`."""

    def __init__(self, exception_message: object, found_multiple: bool = False, **kwargs: Any) -> None:
        super().__init__(exception_message, **kwargs)
        #: Whether several fitted, where one was asked for.
        self.found_multiple = found_multiple


class RunEnvironmentException(AzureMLException):
    """The process belongs to no run, and an offline run was not allowed."""

    def __init__(self, exception_message: object = "", **kwargs: Any) -> None:
        super().__init__(
            exception_message
            or "This process belongs to no run. Submit the script, or call get_context() without allow_offline=False.",
            **kwargs,
        )


class SnapshotException(AzureMLException):
    """A source folder could not be taken or given back."""


class TrainingException(AzureMLException):
    """A training job is misconfigured."""


class RunConfigurationException(AzureMLException):
    """A run configuration cannot be used."""


class ModelNotFoundException(AzureMLException):
    """No such model."""

    def __init__(self, exception_message: object, logger: Any = None, **kwargs: Any) -> None:
        super().__init__(exception_message, **kwargs)


class ModelPathNotFoundException(AzureMLException):
    """The files of a model are not where they were said to be."""

    def __init__(self, exception_message: object, logger: Any = None, **kwargs: Any) -> None:
        super().__init__(exception_message, **kwargs)


class WebserviceException(AzureMLException):
    """A web service or model operation failed."""

    def __init__(
        self, exception_message: object, status_code: int | None = None, logger: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(exception_message, **kwargs)
        self.status_code = status_code


class DiscoveryUrlNotFoundException(AzureMLException):
    """v1: the discovery address of a workspace is missing."""

    def __init__(self, discovery_key: object, **kwargs: Any) -> None:
        super().__init__(f"The workspace's discovery address holds no {discovery_key}.", **kwargs)


class ParallelRunException(AzureMLException):
    """v1: a parallel run step failed."""

    def __init__(
        self, exception_message: object, code: Any = None, delay_seconds: float = 0, **kwargs: Any
    ) -> None:
        super().__init__(exception_message, **kwargs)
        self.code = code
        self.delay_seconds = delay_seconds


class DatasetTimestampMissingError(AzureMLException):
    """v1: a time-series dataset has no timestamp column."""

    def __init__(self, error_details: object, **kwargs: Any) -> None:
        super().__init__(error_details, **kwargs)


class WorkspacePrivateEndpointException(AzureMLException):
    """v1: a private endpoint operation failed."""

    def __init__(self, exception_message: object, found_multiple: bool = False, **kwargs: Any) -> None:
        super().__init__(exception_message, **kwargs)
        #: Whether several fitted, where one was asked for.
        self.found_multiple = found_multiple


class ServiceException(AzureMLException):
    """v1: the service answered with an error. Here such errors have more exact classes; code may still name it.

    Args:
        error_response_exception: The exception behind it.
    """

    def __init__(self, error_response_exception: BaseException, **kwargs: Any) -> None:
        super().__init__(str(error_response_exception), inner_exception=error_response_exception, **kwargs)
        response = getattr(error_response_exception, "response", None)
        self.status_code: int | None = getattr(response, "status_code", None)
        self.details: Any = None


class AzureMLAggregatedException(AzureMLException):
    """Several exceptions at once. v1: `azureml.exceptions.AzureMLAggregatedException`."""

    def __init__(self, exceptions_list: list[BaseException], **kwargs: Any) -> None:
        self.exceptions_list = exceptions_list
        super().__init__("\n".join(str(error) for error in exceptions_list), **kwargs)


_BY_ERROR: tuple[tuple[type[errors.LazuliteError], type[AzureMLException]], ...] = (
    (errors.ComputeUnavailable, ComputeTargetException),
    (errors.InvalidRequest, UserErrorException),
    (errors.Unauthenticated, AuthenticationException),
    (errors.TooManyAttempts, AuthenticationException),
    (errors.Forbidden, UserErrorException),
    (errors.NotFound, UserErrorException),
    (errors.Conflict, UserErrorException),
    (errors.StorageError, UserErrorException),
    (errors.LazuliteError, AzureMLException),
)


@contextmanager
def v1_errors(kind: type[AzureMLException] | None = None) -> Iterator[None]:
    """Turn errors of the system into v1's, inside the block.

    Args:
        kind: The class to raise; without it the class is chosen by the error. That nobody knows who calls is always an
            AuthenticationException.
    """
    try:
        yield
    except errors.LazuliteError as error:
        chosen = next(v1 for ours, v1 in _BY_ERROR if isinstance(error, ours))
        if kind is not None and chosen is not AuthenticationException:
            chosen = kind
        raise chosen(error.message, inner_exception=error) from error
