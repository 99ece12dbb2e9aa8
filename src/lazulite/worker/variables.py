"""The environment variables that a script finds: v1's own (names that scripts read) and Lazulite's."""

from __future__ import annotations

import os
import secrets
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from lazulite.model.job import Job
from lazulite.model.outbox import ENV_ARTIFACTS, ENV_HOME, ENV_OUTBOX, ENV_URL, SECRET_VARIABLES

#: The folder of the job a process belongs to.
ENV_JOB = "LAZULITE_JOB"

_TOKEN_SECONDS = 30 * 24 * 3600
#: Of a job around this one: a script that reads them would take another run's identity. What would win over the job's
#: home. What would hide the modules beside the script. What its user or the server is known by, or may hold passwords.
_NOT_INHERITED = ("AZUREML_", "AML_PARAMETER_", ENV_URL, "PYTHONSAFEPATH", *SECRET_VARIABLES)
#: Of the interpreter that submitted: another one would look for its packages there.
_OF_AN_INTERPRETER = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "__PYVENV_LAUNCHER__")


def inheritable() -> dict[str, str]:
    """Return those of this process's variables that every script gets."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}


def variables(
    job: Job,
    *,
    interpreter: str,
    outbox: Path,
    artifacts: Path,
    placeholders: Mapping[str, str],
    bounds: Mapping[str, str],
    started_with: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the whole environment of the job's script.

    Later ones win: what the worker was started with (`started_with`, if that is known already), what the environment definition sets, v1's names, Lazulite's.
    `PATH` begins with the folder of `interpreter`, so that `python` and installed programs are the environment's.
    """
    inherited = dict(started_with or inheritable())
    if interpreter != job.interpreter:
        for name in _OF_AN_INTERPRETER:
            inherited.pop(name, None)
    found = {**inherited, "PYTHONUNBUFFERED": "1", **bounds, **job.environment.variables}
    if interpreter:
        found["PATH"] = f"{Path(interpreter).parent}{os.pathsep}{found.get('PATH', os.defpath)}"
    return {
        **found,
        **_identity(job),
        **placeholders,
        ENV_HOME: job.home,
        ENV_OUTBOX: str(outbox),
        ENV_ARTIFACTS: str(artifacts),
        ENV_JOB: job.folder,
    }


def _identity(job: Job) -> dict[str, str]:
    endpoint = Path(job.home).as_uri()
    return {
        "AZUREML_RUN_ID": job.run_id,
        "AZUREML_ROOT_RUN_ID": job.pipeline_run_id,
        "AZUREML_ARM_SUBSCRIPTION": job.workspace.subscription_id,
        "AZUREML_ARM_RESOURCEGROUP": job.workspace.resource_group,
        "AZUREML_ARM_WORKSPACE_NAME": job.workspace.name,
        "AZUREML_ARM_PROJECT_NAME": job.experiment,
        "AZUREML_WORKSPACE_ID": job.workspace.id,
        "AZUREML_EXPERIMENT_ID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{job.workspace.id}/{job.experiment}")),
        # Good for this run alone. Scripts of v1 require one to be there, so where none was made it opens nothing.
        "AZUREML_RUN_TOKEN": job.token or secrets.token_urlsafe(32),
        "AZUREML_RUN_TOKEN_EXPIRY": str(job.token_expires or int(time.time()) + _TOKEN_SECONDS),
        "AZUREML_SERVICE_ENDPOINT": endpoint,
        "AZUREML_DISCOVERY_SERVICE_ENDPOINT": endpoint,
    }
