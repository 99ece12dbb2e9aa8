"""A step that copies data from one datastore to another. v1: `azureml.pipeline.steps.DataTransferStep`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.plan import DataSource
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.sql_data_reference import SqlDataReference
from lazulite.sdk.steps.task_step import TaskStep
from lazulite.sdk.steps.transfer_ends import Destination, destination_of, source_of, sql_settings

if TYPE_CHECKING:
    from lazulite.graph.drafts import InputDraft, OutputDraft

_FILE, _DIRECTORY = "file", "directory"
#: v1's name of the output, of every such step.
_OUTPUT = "_data_transfer_output"


class DataTransferStep(TaskStep):
    """Copy a file or directory to another datastore, or rows into and out of a database.

    Nothing is deleted at the destination; files of the same path are replaced, each as a whole. Rows are appended to a
    table that exists, all or none. Numbers of files, bytes, rows and seconds are metrics of the step's run.

    Args:
        name: The step's name.
        source_data_reference: What is copied: a DataReference, a SqlDataReference, PipelineData of another step, a
            PortDataReference, an InputPortBinding, or a pair of a DataPath (or a PipelineParameter that holds one) and
            a DataPathComputeBinding.
        destination_data_reference: Where to: a DataReference, a SqlDataReference with `sql_table`, or a pair as above.
        compute_target: A DataFactoryCompute, or its name. The work is done on this machine; "local" does as well.
        source_reference_type: "file" or "directory", to tell one from the other where both have one name. Without it
            what is there decides.
        destination_reference_type: "file" or "directory". Without it what is there decides, else the source's type; a
            file goes into a directory that is there only if this says "directory". Rows go to a file.
        allow_reuse: Whether the copy that an earlier run made may be taken: if source and destination are the same,
            the source's files have the same content, and the copy is still there. What is in a database is not looked
            at: pass False to copy rows anew each time.

    Raises:
        ValueError: a value cannot be used. Mistakes that show only in the whole are reported by `Pipeline(...)`.

    Example:
        `copy = DataTransferStep("copy", raw, DataReference(lake, "there", "raw/2019"), compute_target=factory)`, then
        `inputs=[copy.get_output().as_input("raw")]` in the step that reads the copy.
    """

    _TASK: ClassVar[str] = "transfer"
    _TAKES_ROWS: ClassVar[bool] = True
    _RUNS_ON: ClassVar[tuple[str, ...]] = ("datafactory", "local")
    _RUNS_ON_WORDS: ClassVar[str] = "a DataFactoryCompute, or on 'local', this machine"

    def __init__(
        self,
        name: str,
        source_data_reference: Any = None,
        destination_data_reference: Any = None,
        compute_target: Any = None,
        source_reference_type: str | None = None,
        destination_reference_type: str | None = None,
        allow_reuse: bool = True,
    ) -> None:
        self._destination: Destination = destination_of(name, destination_data_reference)
        self._output = PipelineData(_OUTPUT, datastore=self._destination.datastore)
        source = source_of(name, source_data_reference)
        self._prepare(name, [source], [self._output], None, None, rename_shared=False)
        self._source = getattr(source, "bind_object", source)
        self._prepare_code(
            compute_target=compute_target,
            target=None,
            runconfig=None,
            runconfig_pipeline_params=None,
            source_directory=None,
            allow_reuse=allow_reuse,
            version=None,
        )
        self._source_type = self._type("source", source_reference_type)
        self._destination_type = self._type("destination", destination_reference_type)
        self._arguments = ()
        if self._destination.parameter is not None:
            self._reader.item(self._destination.parameter)  # so that it is one of the pipeline's
        self._claim_outputs()

    def get_output(self) -> PipelineData:
        """Return the copy, as data that later steps take; a step that takes it runs after this one.

        Its name is the same for every such step: a step that takes several gives each another, with
        `get_output().as_input("other_name")`.
        """
        return self._output

    def _type(self, which: str, given: Any) -> str | None:
        if given is None:
            return None
        if not isinstance(given, str) or given.lower() not in (_FILE, _DIRECTORY):
            raise self._refused(f"{which}_reference_type", given, "'file', 'directory' or nothing")
        return given.lower()

    def _input_drafts(self) -> tuple[InputDraft, ...]:
        (draft,) = self._declared.input_drafts()
        source = draft.source
        if isinstance(self._source, SqlDataReference) and isinstance(source, DataSource):
            source = replace(source, path=self._source.sql_table or "")
        return (replace(draft, source=source, mode="direct", path_on_compute=None, overwrite=False),)

    def _output_drafts(self) -> tuple[OutputDraft, ...]:
        (draft,) = self._declared.output_drafts()
        place = self._destination
        return (replace(draft, mode="direct", path=place.path, place=place.place),)

    def _settings(self, folder: Path | None, problems: list[str]) -> Mapping[str, Any]:
        problems.extend(self._problems())
        source = sql_settings(self._source) if isinstance(self._source, SqlDataReference) else {}
        return {
            "source": {**source, "type": self._source_type},
            "destination": {**self._destination.settings, "type": self._destination_type},
        }

    def _problems(self) -> list[str]:
        found = []
        from_rows, to_rows = isinstance(self._source, SqlDataReference), bool(self._destination.settings)
        if from_rows and self._source_type == _DIRECTORY:
            found.append(
                f"Step '{self.name}' has source_reference_type='directory', and its source is in a database: rows are "
                "one file. Leave it out."
            )
        if to_rows and self._destination_type == _DIRECTORY:
            found.append(
                f"Step '{self.name}' has destination_reference_type='directory', and its destination is a table. "
                "Leave it out."
            )
        if self._source_type == _DIRECTORY and (self._destination_type == _FILE or to_rows):
            onto = "a table" if to_rows else "a file"
            found.append(
                f"Step '{self.name}' copies a directory onto {onto} (source_reference_type='directory'). Give one file "
                "as the source, or a directory as the destination."
            )
        if self._destination.table and self._destination.table == getattr(self._source, "sql_table", None):
            found += self._same_table()
        return found

    def _same_table(self) -> list[str]:
        from lazulite.sdk.data_place import datastore_name

        here, there = datastore_name(self._source.datastore), datastore_name(self._destination.datastore)
        table = self._destination.table
        problem = f"Step '{self.name}' copies the table '{table}' of '{here}' onto itself. Give another destination."
        return [problem] if here == there else []
