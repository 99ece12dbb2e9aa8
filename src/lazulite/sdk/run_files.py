"""The files of a run: uploading, listing, downloading, its logs, and the snapshot its code came from.

v1: the file methods of `azureml.core.Run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.run_core import RunCore

if TYPE_CHECKING:
    from lazulite.sdk.artifacts import RunFiles
    from lazulite.sdk.environment import Environment

SNAPSHOT_PROPERTY = "ContentSnapshotId"
LOG_FOLDERS = ("azureml-logs/", "logs/", "user_logs/", "system_logs/")


class RunFileMethods(RunCore):
    """What a run offers about files."""

    def _files(self) -> RunFiles:
        """The files that the run shows: its own, or those of the run it reuses."""
        from lazulite.sdk.artifacts import files_of

        return files_of(self._service, self._workspace_id, self._fetch())

    def _keep_file(self, name: str, source: Path | bytes) -> None:
        self._files().add(name, source)

    # --- up ---

    def upload_file(self, name: str, path_or_stream: Any, datastore_name: str | None = None) -> None:
        """Add one file to the run, at once.

        Args:
            name: Its name in the run, with `/`; `outputs/…` by custom.
            path_or_stream: A file, or an object opened for reading.
            datastore_name: v1: another datastore for the file. Here all files of a run are on one; naming that one
                is allowed.

        Raises:
            UserErrorException: there is no such file, the name leads out of the run's folder, or the run has another
                file of that name (files of a run are never replaced).
        """
        self._check_datastore(datastore_name)
        self._files().add(name, checked_source(path_or_stream))

    def upload_files(
        self,
        names: Sequence[str],
        paths: Sequence[Any],
        return_artifacts: bool = False,
        timeout_seconds: float | None = None,
        datastore_name: str | None = None,
    ) -> dict[str, str] | None:
        """Add several files.

        Args:
            names: Their names in the run.
            paths: The files, as many as names.
            return_artifacts: Return the address of each by name.
            timeout_seconds: v1: how long to wait for the service; copying on one machine needs no such bound.
            datastore_name: As for `upload_file`.

        Raises:
            TypeError: `names` and `paths` differ in length.
            UserErrorException: as for `upload_file`; nothing is uploaded if a file is missing or a name is wrong.
        """
        from lazulite.sdk.artifacts import checked_file_name
        from lazulite.sdk.metrics import file_address

        names, paths = list(names), list(paths)
        if len(names) != len(paths):
            raise TypeError(
                f"upload_files() got {len(names)} names for {len(paths)} paths. Expected one for each."
            )
        self._check_datastore(datastore_name)
        pairs = [
            (checked_file_name(name), checked_source(path)) for name, path in zip(names, paths, strict=True)
        ]
        files = self._files()
        for name, source in pairs:
            files.add(name, source)
        return {name: file_address(self.id, name) for name, _ in pairs} if return_artifacts else None

    def upload_folder(self, name: str, path: Any, datastore_name: str | None = None) -> None:
        """Add all files below a folder, as `<name>/<path below the folder>`.

        Raises:
            UserErrorException: there is no such folder, or as for `upload_file`.
        """
        from lazulite.sdk.artifacts import checked_file_name, folder_files

        folder = Path(path)
        if not folder.is_dir():
            raise UserErrorException(f"There is no folder {str(path)!r} to upload.")
        found = list(folder_files(folder))
        base = checked_file_name(name)
        self.upload_files(
            [f"{base}/{inner}" for inner, _ in found],
            [file for _, file in found],
            False,
            None,
            datastore_name,
        )

    def _check_datastore(self, name: str | None) -> None:
        if name is not None and name.lower() != self._facts().artifact_datastore:
            raise UserErrorException(
                f"The files of this run are kept on datastore {self._facts().artifact_datastore!r}; a single file "
                f"cannot be put on {name!r}. Upload it there with Datastore.get(workspace, {name!r}).upload_files(…)."
            )

    # --- down ---

    def get_file_names(self) -> list[str]:
        """Return the names of the run's files, sorted."""
        return self._files().names()

    def download_file(
        self, name: str, output_file_path: Any = None, _validate_checksum: bool = False
    ) -> None:
        """Copy one file of the run to this machine.

        Args:
            name: The file's name; the address of an image metric is taken too.
            output_file_path: A file name, or a folder that exists; by default the file's own name, here.

        Raises:
            UserErrorException: the run has no such file; the message names those it has.
        """
        from lazulite.sdk.artifacts import checked_file_name

        name = checked_file_name(name)
        own = name.rpartition("/")[2]
        target = Path(own if output_file_path is None else output_file_path)
        if target.is_dir() or str(output_file_path or "").endswith("/"):
            target = target / own
        self._files().copy_out(name, target)

    def download_files(
        self,
        prefix: str | None = None,
        output_directory: Any = None,
        output_paths: Sequence[Any] | None = None,
        batch_size: int = 100,
        append_prefix: bool = True,
        timeout_seconds: float | None = None,
    ) -> None:
        """Copy all files whose names start with `prefix` to this machine.

        Args:
            prefix: The beginning of the names, for example "outputs/"; None for all.
            output_directory: Where to; the current folder by default.
            output_paths: Instead: one file name for each file, in the order of `get_file_names()`.
            batch_size: v1: files per request; has no meaning here.
            append_prefix: Keep the whole name below `output_directory`; False leaves the prefix out.
            timeout_seconds: v1: how long to wait for the service; has no meaning here.

        Raises:
            UserErrorException: `output_paths` has another length than the files, or is given with `output_directory`.
        """
        files = self._files()
        names = files.names(prefix)
        targets = _targets(names, prefix, output_directory, output_paths, append_prefix)
        for name, target in zip(names, targets, strict=True):
            files.copy_out(name, target)

    # --- logs ---

    def get_all_logs(self, destination: Any = None) -> list[str]:
        """Copy all log files of the run below `destination` (the current folder) and return where they are."""
        files = self._files()
        made: list[str] = []
        for name in files.names():
            if name.startswith(LOG_FOLDERS):
                target = Path(destination or ".") / name
                files.copy_out(name, target)
                made.append(str(target))
        return made

    def get_portal_url(self) -> str:
        """Return a link that opens in a browser: the run's page in the portal, whose server starts when it is opened.

        With `LAZULITE_SERVER=off`: the run's folder on this machine, with its logs and files; empty if the datastore
        that had its files is no longer registered.
        """
        from lazulite.sdk.portal import run_url

        page = run_url(self._service, self._facts())
        if page:
            return page
        try:
            return self._files().url()
        except UserErrorException:
            return ""

    # --- the code ---

    def get_snapshot_id(self) -> str:
        """Return the id of the snapshot that the run's code came from.

        Raises:
            UserErrorException: the run has none.
        """
        snapshot = self._fetch().properties.get(SNAPSHOT_PROPERTY)
        if not snapshot:
            raise UserErrorException(f"Run {self.id} has no snapshot: it is not a step that ran code.")
        return snapshot

    def restore_snapshot(self, snapshot_id: str | None = None, path: Any = None) -> str:
        """Write the code that the run ran as a zip file, and return where it is.

        Args:
            snapshot_id: Another snapshot than the run's own.
            path: The folder for the zip file (the current one), or the name of the zip file.

        Raises:
            UserErrorException: the run has no snapshot, or there is none with that id.
        """
        from lazulite.sdk.run_snapshots import restore

        return str(restore(self._service, self._workspace_id, snapshot_id or self.get_snapshot_id(), path))

    def take_snapshot(self, file_or_folder_path: Any) -> str:
        """Keep a copy of a file or folder (ignore files honoured) and return its snapshot id.

        Raises:
            UserErrorException: there is no such file or folder.
        """
        from lazulite.sdk.run_snapshots import take

        snapshot = take(self._service, self._workspace_id, Path(file_or_folder_path))
        if SNAPSHOT_PROPERTY not in self._fetch().properties:
            self.add_properties({SNAPSHOT_PROPERTY: snapshot})
        return snapshot

    def get_environment(self) -> Environment:
        """Return the environment that the step asked for.

        Raises:
            UserErrorException: the run is not a step run.
        """
        from lazulite.sdk.run_details import environment_of

        return environment_of(self._service, self._workspace_id, self._facts())


def checked_source(given: Any) -> Any:
    """A file that exists, or an object that can be read."""
    if hasattr(given, "read"):
        return given
    try:
        path = Path(given)
    except TypeError:
        raise UserErrorException(
            f"{given!r} cannot be uploaded. Expected a path, or an object opened for reading."
        ) from None
    if not path.is_file():
        what = "is a folder; use upload_folder()" if path.is_dir() else "does not exist"
        raise UserErrorException(f"File {str(given)!r} {what}.")
    return path


def _targets(
    names: list[str], prefix: str | None, directory: Any, paths: Sequence[Any] | None, append_prefix: bool
) -> list[Path]:
    if paths is not None:
        if directory is not None:
            raise UserErrorException("Give output_directory or output_paths, not both.")
        if len(paths) != len(names):
            raise UserErrorException(
                f"output_paths has {len(paths)} names for {len(names)} files: {', '.join(names)}."
            )
        return [Path(path) for path in paths]
    root = Path(directory or ".")
    if append_prefix or not prefix:
        return [root / name for name in names]
    # A prefix is a beginning of names, not always a whole folder: "outputs/mod" still leaves "model.pkl" its name.
    folder = prefix.rpartition("/")[0] if not prefix.endswith("/") else prefix.rstrip("/")
    whole = prefix.rstrip("/")
    return [root / _below(name, whole if name.startswith(f"{whole}/") else folder) for name in names]


def _below(name: str, folder: str) -> str:
    return name[len(folder) + 1 :] if folder and name.startswith(f"{folder}/") else name
