"""The step's own Spark session, on a JVM that is lent to it.

What pyspark does when it launches a JVM is done here with one that runs: `spark.stop()` in a script ends the step's hold
on Spark and not the JVM, and `SparkSession.builder.getOrCreate()` after it finds the same JVM again.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.spark.failures import words_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from lazulite.worker.tasks.spark.holders import Loan

_PORT, _SECRET = "PYSPARK_GATEWAY_PORT", "PYSPARK_GATEWAY_SECRET"
#: Of the step's variables, what its functions on the executors find too.
_FOR_WORKERS = ("AZUREML_", "AML_PARAMETER_")
_NOT_FOR_WORKERS = ("AZUREML_RUN_TOKEN",)


def connect(
    loan: Loan, session_conf: Mapping[str, str], variables: Mapping[str, str], path: list[str]
) -> SparkSession:
    """Return a new session on a lent JVM, which is then what `SparkSession.builder.getOrCreate()` gives.

    Args:
        loan: The JVM.
        session_conf: Settings of this session.
        variables: Environment variables for functions that run in Python on the executors.
        path: Folders that these functions import from.

    Raises:
        InvalidRequest: Spark refuses a setting.
    """
    os.environ |= {_PORT: str(loan.port), _SECRET: loan.secret, "PYSPARK_PYTHON": sys.executable}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about versions of pandas that it may not know yet
        from pyspark import SparkContext
        from pyspark.sql import SparkSession

    _keep_the_jvm(SparkContext)
    try:
        context = SparkContext()
    finally:
        del os.environ[_PORT], os.environ[_SECRET]
    context.environment |= _of_workers(variables, path)
    session = SparkSession(context).newSession()
    SparkSession._instantiatedSession = session  # noqa: SLF001 - what getOrCreate looks at
    jvm: Any = session._jvm  # noqa: SLF001
    jvm.SparkSession.setDefaultSession(session._jsparkSession)  # noqa: SLF001
    jvm.SparkSession.setActiveSession(session._jsparkSession)  # noqa: SLF001
    for name, value in session_conf.items():
        try:
            session.conf.set(name, value)
        except Exception as error:
            raise InvalidRequest(f"Spark refuses the setting {name}={value!r}: {words_of(error)}") from error
    return session


def _keep_the_jvm(context: Any) -> None:
    """Have SparkContext use the JVM's context, and leave it alone when it is stopped."""
    original = context.stop

    def stop(self: Any) -> None:
        self._jsc = None
        original(self)

    def found(self: Any, _conf: Any) -> Any:
        jvm = self._jvm
        return jvm.JavaSparkContext.fromSparkContext(jvm.org.apache.spark.SparkContext.getOrCreate())

    context.stop = stop
    context._initialize_context = found  # noqa: SLF001


def _of_workers(variables: Mapping[str, str], path: list[str]) -> dict[str, str]:
    """Executors' Python processes are shared by steps whose variables are the same: the run's own are among them."""
    own = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_FOR_WORKERS) and not name.startswith(_NOT_FOR_WORKERS)
    }
    return {**own, **variables, "PYTHONPATH": os.pathsep.join(path)}
