"""What all datastores with files can do: take files, give them, and hand them to steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.model.databases import is_database
from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.exceptions import UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.model.assets import Datastore
    from lazulite.sdk.data_reference import DataReference
    from lazulite.sdk.upload_files import Pair
    from lazulite.storage.transfer import TransferResult


class FileDatastore(AbstractDatastore):
    """A datastore whose files can be uploaded, downloaded and handed to steps, wherever they are.

    v1 had these methods on blob containers and file shares only.
    """

    def path(self, path: str | None = None, data_reference_name: str | None = None) -> DataReference:
        """Return a reference to a file or folder of this datastore, as a step takes it.

        Args:
            path: The file or folder; nothing means the whole datastore.
            data_reference_name: Its name in the step; without it one made from the place.
        """
        from lazulite.sdk.data_reference import DataReference

        return DataReference(self).path(path, data_reference_name)

    def as_mount(self) -> DataReference:
        """Return a reference to the whole datastore, used in place; of one that is no folder, a step gets a copy."""
        from lazulite.sdk.data_reference import DataReference

        return DataReference(self).as_mount()

    def as_download(self, path_on_compute: str | None = None) -> DataReference:
        """Return a reference to the whole datastore, copied to `path_on_compute` before the script starts."""
        from lazulite.sdk.data_reference import DataReference

        return DataReference(self).as_download(path_on_compute)

    def as_upload(self, path_on_compute: str | None = None) -> DataReference:
        """Return a reference to this datastore, to which `path_on_compute` is copied after the script succeeded."""
        from lazulite.sdk.data_reference import DataReference

        return DataReference(self).as_upload(path_on_compute)

    def upload(
        self,
        src_dir: str,
        target_path: str | None = None,
        overwrite: bool = False,
        show_progress: bool = True,
    ) -> DataReference:
        """Copy a folder of this machine into the datastore, with all that is below it.

        Args:
            src_dir: The folder. Symbolic links in it are followed.
            target_path: Folder on the datastore; nothing means its root. Leading `./`, `/` and `../` mean nothing.
            overwrite: Replace files that are there; without it they are skipped, with a line that says so.
            show_progress: Print progress and a summary.

        Returns:
            A reference to `target_path`.

        Raises:
            UserErrorException: there is no such folder; or files were not copied, each named with its reason
                (the others were); or the disk is full.

        Example:
            `ws.get_default_datastore().upload("./data", target_path="census", overwrite=True)`
        """
        from lazulite.sdk.upload_files import files_below, target_folder

        with v1_errors():
            target = target_folder(target_path)
            pairs = files_below(src_dir, target)
        return self._upload(pairs, target, overwrite=overwrite, show_progress=show_progress)

    def upload_files(
        self,
        files: list[str],
        relative_root: str | None = None,
        target_path: str | None = None,
        overwrite: bool = False,
        show_progress: bool = True,
    ) -> DataReference:
        """Copy single files of this machine into the datastore.

        Args:
            files: The files.
            relative_root: The folder whose structure is kept: a file keeps its path relative to it. Without it the
                folder that all have in common, so that a single file lands in `target_path` itself.
            target_path: Folder on the datastore; nothing means its root. Leading `./`, `/` and `../` mean nothing.
            overwrite: Replace files that are there; without it they are skipped, with a line that says so.
            show_progress: Print progress and a summary.

        Returns:
            A reference to `target_path`.

        Raises:
            UserErrorException: a file does not exist or is outside of `relative_root` (nothing is copied then); or
                files were not copied, each named with its reason (the others were); or the disk is full.

        Example:
            `datastore.upload_files(["./iris.csv"], target_path="train-dataset", overwrite=True)`
        """
        from lazulite.sdk.upload_files import files_given, target_folder

        with v1_errors():
            target = target_folder(target_path)
            pairs = files_given(files, relative_root, target)
        return self._upload(pairs, target, overwrite=overwrite, show_progress=show_progress)

    def download(
        self,
        target_path: str,
        prefix: str | None = None,
        overwrite: bool = False,
        show_progress: bool = True,
        strip_prefix: bool = False,
    ) -> int:
        """Copy files of the datastore to this machine.

        Args:
            target_path: Folder to copy to; created if it is not there.
            prefix: What their paths begin with, as text: "data/tr" finds "data/train.csv". Nothing finds all.
            overwrite: Replace files that are there; without it they are skipped, with a line that says so.
            show_progress: Print progress and a summary.
            strip_prefix: False, as v1 did, keeps the whole path on the datastore below `target_path`. True takes
                `prefix` as a file or folder and leaves what stands before its files' own names away. (Not in v1.)

        Returns:
            The number of files that were copied.

        Raises:
            UserErrorException: files were not copied, each named with its reason (the others were); or the disk
                is full.

        Example:
            `datastore.download("./local", prefix=f"azureml/{step_run.id}/model", strip_prefix=True)`
        """
        return self._copy_out(target_path, prefix, overwrite, show_progress, strip_prefix).copied

    def _copy_out(
        self, target_path: str, prefix: str | None, overwrite: bool, show_progress: bool, strip_prefix: bool
    ) -> TransferResult:
        """Download, and tell what was copied and skipped."""
        from lazulite.sdk.transfer_display import TransferDisplay

        if prefix is not None and not isinstance(prefix, str):
            raise UserErrorException(
                f"prefix is {prefix!r}. Expected text that paths on the datastore begin with."
            )
        display = TransferDisplay(
            "Downloading", "Downloaded", f"from datastore '{self.name}' to {target_path}"
        )
        with v1_errors():
            listener = display.show if show_progress else None
            result = self._store().download(prefix, Path(target_path), overwrite, strip_prefix, listener)
        if show_progress:
            display.finish(result)
            if not result.copied + result.skipped:
                what = f"no file whose path begins with {prefix!r}" if prefix else "no files"
                print(f"Datastore '{self.name}' has {what}.")
        return result

    def _upload(
        self, pairs: list[Pair], target: str, *, overwrite: bool, show_progress: bool
    ) -> DataReference:
        self._copy_in(pairs, target, overwrite=overwrite, show_progress=show_progress)
        return self.path(target)

    def _copy_in(
        self, pairs: list[Pair], target: str, *, overwrite: bool, show_progress: bool
    ) -> TransferResult:
        """Upload files to the paths given with them, and tell what was copied and skipped."""
        from lazulite.sdk.transfer_display import TransferDisplay

        place = f"/{target}" if target else ""
        display = TransferDisplay("Uploading", "Uploaded", f"to datastore '{self.name}'{place}")
        with v1_errors():
            result = self._store().upload(pairs, overwrite, display.show if show_progress else None)
        if show_progress:
            display.finish(result)
        return result


def refuse_without_files(record: Datastore) -> None:
    """Return if the datastore has files that Lazulite reads and writes itself.

    Raises:
        UserErrorException: it has none; the message says what to use.
    """
    if is_database(record):
        raise UserErrorException(
            f"Datastore '{record.name}' is a database: it has tables and no files. Hand it to a DataTransferStep as "
            "SqlDataReference(datastore, sql_query=…), or name a table with sql_table."
        )
    if record.type == "hdfs":
        raise UserErrorException(
            f"Datastore '{record.name}' is an HDFS cluster: Lazulite reads hdfs:// through Spark steps only."
        )
