"""The tables. One definition for every database; documents are JSON text, times are `Moment`s.

    workspaces ─┬─ assets            named documents, with versions
                ├─ counters          the last run number of an experiment, the last version of an asset
                ├─ snapshots         lists of files
                ├─ nodes             worker nodes as last seen
                └─ runs ─┬─ labels          tags and properties
                         ├─ submissions     what a pipeline run was started with
                         ├─ events          what happened to a pipeline run, in order
                         ├─ decisions       why a step ran or was reused
                         ├─ outputs         what a step left behind
                         ├─ reuse_index     key → runs that may be reused
                         └─ metrics         what a run logged

Deleting a row deletes what hangs below it. A change here needs a step in `migrations`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from lazulite.records.columns import Moment, RowNumber

metadata = MetaData()


def _workspace(*, primary_key: bool = False) -> Column[str]:
    below = ForeignKey("workspaces.id", ondelete="CASCADE")
    return Column("workspace", String, below, primary_key=primary_key, nullable=False)


def _run(*, primary_key: bool = False) -> Column[str]:
    below = ForeignKey("runs.id", ondelete="CASCADE")
    return Column("run_id", String, below, primary_key=primary_key, nullable=False)


#: One row: the version of this schema.
schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

workspaces = Table(
    "workspaces",
    metadata,
    Column("position", RowNumber, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("subscription_id", String, nullable=False),
    Column("resource_group", String, nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("subscription_id", "resource_group", "name"),
    sqlite_autoincrement=True,
)

assets = Table(
    "assets",
    metadata,
    _workspace(primary_key=True),
    Column("kind", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False),
    Column("document", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("properties", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("archived_at", Moment),
)

#: `scope` says what is counted ("run", or an asset kind), `name` of what.
counters = Table(
    "counters",
    metadata,
    _workspace(primary_key=True),
    Column("scope", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Integer, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    _workspace(primary_key=True),
    Column("id", String, primary_key=True),
    Column("document", Text, nullable=False),
)

nodes = Table(
    "nodes",
    metadata,
    _workspace(primary_key=True),
    Column("compute", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("document", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("position", RowNumber, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    _workspace(),
    Column("experiment", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("name", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("display_name", Text),
    Column("description", Text),
    Column("parent_id", String),
    Column("root_id", String, nullable=False),
    Column("node", String),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("error", Text),
    Column("target", String),
    Column("reused_run_id", String),
    Column("artifact_datastore", String, nullable=False),
    Column("artifact_path", Text, nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("job", String),
    Column("attempt", Integer, nullable=False),
    # Each index ends in the order of the lists, newest first, so that a page costs its own length only.
    Index("runs_of_workspace", "workspace", "created_at", "position"),
    Index("runs_of_parent", "parent_id", "workspace", "created_at", "position"),
    Index("runs_of_experiment", "workspace", "experiment", "created_at", "position"),
    Index("top_runs_of_experiment", "workspace", "experiment", "parent_id", "created_at", "position"),
    Index("runs_of_status", "status", "workspace", "created_at", "position"),
    Index("runs_of_root", "root_id", "workspace", "created_at", "position"),
    Index("runs_of_step", "workspace", "name", "created_at", "position"),
    sqlite_autoincrement=True,
)

#: `kind` is "tag" or "property". Their own rows, so that runs are found by them on every database.
labels = Table(
    "labels",
    metadata,
    _run(primary_key=True),
    Column("kind", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

submissions = Table("submissions", metadata, _run(primary_key=True), Column("document", Text, nullable=False))

events = Table(
    "events",
    metadata,
    Column("sequence", RowNumber, primary_key=True),
    _run(),
    Column("subject", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("data", Text, nullable=False),
    Index("events_of_run", "run_id", "sequence"),
    sqlite_autoincrement=True,
)

decisions = Table("decisions", metadata, _run(primary_key=True), Column("document", Text, nullable=False))

outputs = Table(
    "outputs",
    metadata,
    _run(primary_key=True),
    Column("name", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("datastore", String, nullable=False),
    Column("path", Text, nullable=False),
    Column("content", String, nullable=False),
    Column("stat", String, nullable=False),
    Column("files", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("is_directory", Boolean, nullable=False),
)

reuse_index = Table(
    "reuse_index",
    metadata,
    _run(primary_key=True),
    _workspace(),
    Column("key", String, nullable=False),
    Index("runs_of_key", "workspace", "key"),
)

#: `sequence` is the place in a job's outbox; null for values that came another way (nulls are never equal).
metrics = Table(
    "metrics",
    metadata,
    Column("position", RowNumber, primary_key=True),
    _run(),
    Column("sequence", BigInteger),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("step", BigInteger),
    Column("description", Text, nullable=False),
    UniqueConstraint("run_id", "sequence"),
    Index("metrics_of_run", "run_id", "position"),
    sqlite_autoincrement=True,
)
