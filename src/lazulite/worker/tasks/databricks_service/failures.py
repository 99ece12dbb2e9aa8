"""Every way in which a run at Databricks fails, in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lazulite.model.errors import ComputeUnavailable, InvalidRequest, LazuliteError, NotFound, Unauthenticated


class DatabricksRunFailed(LazuliteError):
    """The run ended at Databricks, and not well."""

    code = "DatabricksRunFailed"


#: What to do, by the code in `status.termination_details`.
_BY_CODE = {
    "CLOUD_FAILURE": "The cloud gave no machines (quota, capacity, or a type that the region lacks): choose another "
    "node_type, fewer workers or an instance_pool_id, or ask for more quota.",
    "CLUSTER_ERROR": "The cluster could not be started: the message says why. Check spark_version, node_type, "
    "init_scripts and spark_conf.",
    "CLUSTER_REQUEST_LIMIT_EXCEEDED": "Too many clusters were asked for at once. Submit again later.",
    "DRIVER_ERROR": "The driver died, most likely for lack of memory: take a larger node_type.",
    "INVALID_CLUSTER_REQUEST": "The cluster's definition is refused: check spark_version and node_type (v1's defaults "
    "are of 2022, and workspaces drop old versions).",
    "INVALID_RUN_CONFIGURATION": "Databricks refuses what the step asks for: see the message.",
    "LIBRARY_INSTALLATION_ERROR": "A library could not be installed: the message names it. Check its name and version.",
    "MAX_CONCURRENT_RUNS_EXCEEDED": "Too many runs at once. Submit again later.",
    "MAX_JOB_QUEUE_SIZE_EXCEEDED": "The queue of the workspace is full. Submit again later.",
    "MAX_SPARK_CONTEXTS_EXCEEDED": "The existing cluster has as many notebooks attached as it takes. Detach some, or "
    "use a new cluster.",
    "RESOURCE_NOT_FOUND": "Something that the step names is not there (any more): see the message.",
    "STORAGE_ACCESS_ERROR": "The cluster could not reach the data: check the credentials and the network rules of the "
    "storage account.",
    "UNAUTHORIZED_ERROR": "The token's owner may not do this: the message says what is missing.",
    "WORKSPACE_RUN_LIMIT_EXCEEDED": "The workspace runs as many runs as it may. Submit again later.",
    "BUDGET_POLICY_LIMIT_EXCEEDED": "The workspace's budget for this is used up.",
    "FEATURE_DISABLED": "The workspace has switched this off: see the message.",
}
#: What happened, by result_state, or by life_cycle_state of a run without one.
_BY_STATE = {
    "FAILED": "failed",
    "SUCCESS_WITH_FAILURES": "ended with failures",
    "TIMEDOUT": "was ended by Databricks after the step's timeout_seconds. Raise the limit, or give the step less to do",
    "CANCELED": "was canceled in Databricks, not here",
    "MAXIMUM_CONCURRENT_RUNS_REACHED": "was not started, because too many run at once. Submit again later",
    "UPSTREAM_FAILED": "was not started, because a task before it failed",
    "UPSTREAM_CANCELED": "was not started, because a task before it was canceled",
    "EXCLUDED": "was not started: its condition did not hold",
    "DISABLED": "was not started: its task is switched off in Databricks",
    "SKIPPED": "was skipped by Databricks, because another run of the same work was active or the queue was full. "
    "Submit again later",
    "INTERNAL_ERROR": "could not be started or carried on by Databricks",
}


def of_state(step: str, life: str, result: str, message: str, code: str, link: str) -> LazuliteError:
    """Return the error for a run that is over and was no success.

    Args:
        step: The step's name.
        life: The life_cycle_state.
        result: The result_state, "" if it has none.
        message: What Databricks says.
        code: The code in `status.termination_details`, "" if unknown.
        link: The run's page.
    """
    what = _BY_STATE.get(result or life, f"ended in the state {result or life}")
    parts = [f"The Databricks run of step '{step}' {what}"]
    if message:
        parts[0] += f": {message.strip().rstrip('.')}"
    parts[0] += "."
    advice = _BY_CODE.get(code)
    if advice:
        parts.append(advice)
    if link:
        parts.append(f"Its page: {link}")
    found = DatabricksRunFailed(" ".join(parts), state=result or life, termination=code, page=link)
    if life == "INTERNAL_ERROR" or code in ("CLOUD_FAILURE", "CLUSTER_ERROR", "WORKSPACE_RUN_LIMIT_EXCEEDED"):
        return ComputeUnavailable(found.message, **found.details)
    return found


@contextmanager
def in_words(doing: str, host: str) -> Iterator[None]:
    """Turn errors of the client within the block into ours. `doing`: what was tried, such as "submitting the run"."""
    import requests
    from databricks.sdk.errors.base import DatabricksError

    try:
        yield
    except DatabricksError as error:
        raise of_answer(error, doing, host) from error
    except (requests.RequestException, TimeoutError) as error:
        raise ComputeUnavailable(
            f"{host} could not be reached while {doing}: {_first_line(error)}. Check the host of the compute target and "
            "the network; then submit again."
        ) from error
    except ValueError as error:  # the library's way to say that its configuration makes no sense
        raise InvalidRequest(f"The Databricks client refused {doing}: {_first_line(error)}.") from error


def of_answer(error: Any, doing: str, host: str) -> LazuliteError:
    """Return the error for an answer of the service that is one."""
    from databricks.sdk import errors

    said = _first_line(error)
    if "DBFS" in said and "disabled" in said.lower():
        return InvalidRequest(
            f"{host} has switched its DBFS off ({said}). Attach the compute target with upload_path='/Workspace/Shared/…' or "
            "a folder of a Volume, '/Volumes/…'."
        )
    if isinstance(error, (errors.Unauthenticated, errors.PermissionDenied)):
        return _not_permitted(said, doing, host, is_unknown=isinstance(error, errors.Unauthenticated))
    if isinstance(error, errors.NotFound):
        return NotFound(f"{host} has not found what it needs for {doing}: {said}.")
    if isinstance(error, errors.TooManyRequests):
        return ComputeUnavailable(
            f"{host} takes no more requests for now ({doing}): {said}. Submit again later; if it goes on, the quota of "
            "the workspace is used up."
        )
    if isinstance(error, errors.BadRequest):
        return InvalidRequest(f"{host} refused {doing}: {said}.")
    return ComputeUnavailable(f"{host} failed while {doing}: {said}. Submit again later.")


def _not_permitted(said: str, doing: str, host: str, *, is_unknown: bool) -> LazuliteError:
    if is_unknown or "token" in said.lower():
        return Unauthenticated(
            f"{host} does not accept the access token of the compute target ({doing}): {said}. Make a new token in "
            "Databricks (User Settings, Developer) and attach the target again with it."
        )
    return InvalidRequest(
        f"The owner of the access token may not do this at {host} ({doing}): {said}. Grant it there, or attach the "
        "target with another token."
    )


def is_transient(error: BaseException) -> bool:
    """Whether asking again may help: the network, a server's own trouble, too many requests."""
    import requests
    from databricks.sdk import errors

    kinds = (
        errors.InternalError,
        errors.TemporarilyUnavailable,
        errors.TooManyRequests,
        errors.DeadlineExceeded,
        requests.RequestException,
        TimeoutError,
    )
    return isinstance(error, kinds)


def _first_line(error: BaseException) -> str:
    """What an error says, without the configuration that the client puts behind it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).partition(". Config: ")[0].rstrip(".")
