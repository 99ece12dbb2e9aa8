"""`python -m lazulite.worker.tasks.spark.holder <folder> <ready>`: own a JVM with a SparkContext and lend it.

It detaches itself, starts Spark as order.json says, writes where it listens into holder.json, and says on the
descriptor <ready> that it is ready. A borrower connects, shows the token, and gets a py4j gateway of its own: a port of
the JVM with a secret that nobody had before. When the connection closes, however the borrower ended, its jobs are
cancelled, the gateway is shut down, and what it left in the SparkContext is removed. A JVM that cannot be brought back to
where it was is ended; so is one that nobody asked for in its idle time, and one whose folder is gone.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
import selectors
import shlex
import signal
import socket
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from lazulite.worker import identity
from lazulite.worker.tasks.spark.holders import About, read_order, write_about
from lazulite.worker.tasks.spark.settings_file import submit_arguments

_LOOK_SECONDS = 10.0  # how often it looks whether its folder is still there
_FIRST_SECONDS = 30.0  # how long it waits for the one that started it
_LONGEST_REQUEST = 4096
_REQUEST_SECONDS = 5.0


class Jvm:
    """The JVM, its SparkContext, and a loan of it."""

    def __init__(self, conf: dict[str, str], folder: Path) -> None:
        from pyspark import java_gateway

        os.environ["PYSPARK_SUBMIT_ARGS"] = shlex.join([*submit_arguments(conf, folder), "pyspark-shell"])
        launch: Any = java_gateway.launch_gateway  # untyped
        self._gateway = launch()
        self._jvm = self._gateway.jvm
        self.pid = int(self._gateway.proc.pid)
        self._context = self._jvm.JavaSparkContext(self._jvm.SparkConf(True))
        self._session = self._jvm.SparkSession.builder().sparkContext(self._context.sc()).getOrCreate()
        self._files = self._jvm.org.apache.hadoop.fs.FileSystem
        self._settings = self._written_settings()
        self._server: Any = None
        self._prepare()

    @property
    def ui(self) -> str:
        """The address of Spark's own pages; "" if they are switched off."""
        found = self._context.sc().uiWebUrl()
        address = str(found.get()) if found.isDefined() else ""
        return address.replace("//localhost:", "//127.0.0.1:")

    def lend(self) -> tuple[int, str]:
        """Open a gateway for one borrower; return its port and secret."""
        server = self._jvm.org.apache.spark.api.python.Py4JServer(self._context.sc().conf())
        server.start()
        self._server = server
        return int(server.getListeningPort()), str(server.secret())

    def take_back(self) -> None:
        """End the borrower's jobs and remove what it left. Any error means that the JVM is not to be used again."""
        context = self._context.sc()
        if context.isStopped():
            raise RuntimeError("the SparkContext was stopped")
        context.cancelAllJobs()
        self._server.shutdown()
        if context.listJars().size() or context.listFiles().size() or context.listArchives().size():
            raise RuntimeError("files or jars were added to it")
        for data in list(self._context.getPersistentRDDs().values()):
            data.unpersist(False)
        shared = self._session.sharedState()
        if shared.activeStreamingQueries().size():
            raise RuntimeError("a streaming query runs on it")
        shared.cacheManager().clearCache()
        shared.globalTempViewManager().clear()
        self._empty(shared.externalCatalog())
        self._restore_settings()
        self._files.closeAll()
        self._jvm.SparkSession.setDefaultSession(self._session)
        self._prepare()

    def _prepare(self) -> None:
        self._context.setLogLevel("WARN")
        configurator = self._jvm.org.apache.logging.log4j.core.config.Configurator
        error = self._jvm.org.apache.logging.log4j.Level.ERROR
        # It warns, with the whole stack, of each path that is new.
        configurator.setLevel("org.apache.spark.sql.execution.streaming.sinks.FileStreamSink", error)

    def _empty(self, catalog: Any) -> None:
        for name in _listed(catalog.listDatabases()):
            if name != "default":
                catalog.dropDatabase(name, True, True)
        for name in _listed(catalog.listTables("default")):
            catalog.dropTable("default", name, True, True)
        for function in _listed(catalog.listFunctions("default", "*")):
            catalog.dropFunction("default", function)

    def _written_settings(self) -> Any:
        stream = self._jvm.java.io.ByteArrayOutputStream()
        self._context.hadoopConfiguration().writeXml(stream)
        return stream.toByteArray()

    def _restore_settings(self) -> None:
        settings = self._context.hadoopConfiguration()
        settings.clear()
        settings.addResource(self._jvm.java.io.ByteArrayInputStream(self._settings), "lazulite")


def _listed(sequence: Any) -> list[str]:
    return [str(sequence.apply(index)) for index in range(sequence.size())]


class Holder:
    """Lends one JVM to whoever shows the token, one at a time."""

    def __init__(self, folder: Path, idle_seconds: float) -> None:
        self._folder = folder
        self._idle_seconds = idle_seconds
        self._token = secrets.token_urlsafe(32)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._borrower: socket.socket | None = None
        self._is_leaving = False
        self._was_lent = False
        self._free_since = time.monotonic()

    def announce(self, jvm: Jvm) -> None:
        """Write down what borrowers must know."""
        port = self._listener.getsockname()[1]
        lent = self._borrower is not None
        write_about(
            self._folder, replace(_self(), port=port, token=self._token, jvm=jvm.pid, ui=jvm.ui, is_lent=lent)
        )

    def leave(self) -> None:
        """End now if no step has the JVM, else when it comes back."""
        if self._borrower is None:
            os._exit(0)  # the JVM ends when its pipe closes
        self._is_leaving = True

    def serve(self, jvm: Jvm) -> None:
        """Lend until nobody wants it any more."""
        while self._is_wanted():
            for key, _ in self._selector.select(_LOOK_SECONDS):
                if key.fileobj is self._listener:
                    self._welcome(jvm)
                elif not self._still_there():
                    self._release(jvm)

    def _is_wanted(self) -> bool:
        if not self._folder.is_dir() or (self._is_leaving and self._borrower is None):
            return False
        idle = self._idle_seconds if self._was_lent else max(self._idle_seconds, _FIRST_SECONDS)
        return self._borrower is not None or time.monotonic() - self._free_since < idle

    def _welcome(self, jvm: Jvm) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(_REQUEST_SECONDS)
        try:
            request = json.loads(_line(connection))
            if not hmac.compare_digest(str(request["token"]), self._token):
                raise ValueError("a wrong token")  # noqa: TRY301 - no answer, like to any other stranger
            if self._borrower is not None:
                connection.sendall(b'{"busy": true}\n')
                connection.close()
                return
            self._idle_seconds = float(request["idle_seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            connection.close()
            return
        port, secret = jvm.lend()
        self._borrower, self._was_lent = connection, True
        self.announce(jvm)
        self._selector.register(connection, selectors.EVENT_READ)
        with contextlib.suppress(OSError):  # gone already: noticed by the next read
            connection.sendall(json.dumps({"port": port, "secret": secret}).encode() + b"\n")

    def _still_there(self) -> bool:
        try:
            return bool(cast("socket.socket", self._borrower).recv(1024))
        except OSError:
            return False

    def _release(self, jvm: Jvm) -> None:
        borrower = cast("socket.socket", self._borrower)
        self._selector.unregister(borrower)
        borrower.close()
        if self._idle_seconds > 0 and not self._is_leaving:  # what is not kept need not be tidied
            jvm.take_back()
        self._borrower = None
        self.announce(jvm)
        self._free_since = time.monotonic()


def _self() -> About:
    who = identity.identity_of(os.getpid())
    return About(os.getpid(), who.born if who else "")


def _line(connection: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"\n") and len(found) < _LONGEST_REQUEST:
        more = connection.recv(1024)
        if not more:
            break
        found += more
    return found


def main(folder: Path, ready: int) -> None:
    """Detach, start Spark, lend it, and end with it."""
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # somebody waits for what is starting
    write_about(folder, _self())
    try:
        order = read_order(folder)
        jvm = Jvm(order["conf"], folder)
        holder = Holder(folder, float(order["idle_seconds"]))
        holder.announce(jvm)
        signal.signal(signal.SIGTERM, lambda *_: holder.leave())
        os.write(ready, b"ready\n")
        os.close(ready)
        holder.serve(jvm)
    except Exception:  # noqa: BLE001 - whatever it is, it stands in the log, and this JVM is not used again
        traceback.print_exc()
    sys.stderr.flush()
    with contextlib.suppress(OSError):
        (folder / "holder.json").unlink()
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
