"""The tables. One definition for every database; documents are JSON text, times are `Moment`s.

    workspaces ─┬─ assets            named documents, with versions
                ├─ counters          the last run number of an experiment, the last version of an asset
                ├─ nodes             worker nodes as last seen
                ├─ schedule_states   where a schedule stands
                ├─ schedule_checks   every look at a schedule, with what came of it
                └─ runs ─┬─ labels          tags and properties
                         ├─ submissions     what a pipeline run was started with
                         ├─ events          what happened to a pipeline run, in order
                         ├─ decisions       why a step ran or was reused
                         ├─ outputs         what a step left behind
                         ├─ reuse_index     key → runs that may be reused
                         ├─ metrics         what a run logged
                         └─ deleted_runs    that it was deleted, and whether it is still needed

    principals ─┬─ credentials       digests of passwords, secrets, tokens and sessions; never their text
                └─ grants            roles in workspaces, or everywhere
    audit                            changes that were asked for over the network

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
    Table,
    UniqueConstraint,
    text,
)

from lazulite.records.columns import Moment, RowNumber, Words

metadata = MetaData()


def _workspace(*, primary_key: bool = False) -> Column[str]:
    below = ForeignKey("workspaces.id", ondelete="CASCADE")
    return Column("workspace", Words, below, primary_key=primary_key, nullable=False)


def _run(*, primary_key: bool = False) -> Column[str]:
    below = ForeignKey("runs.id", ondelete="CASCADE")
    return Column("run_id", Words, below, primary_key=primary_key, nullable=False)


#: One row: the version of this schema.
schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

workspaces = Table(
    "workspaces",
    metadata,
    Column("position", RowNumber, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    Column("name", Words, nullable=False),
    Column("subscription_id", Words, nullable=False),
    Column("resource_group", Words, nullable=False),
    Column("document", Words, nullable=False),
    UniqueConstraint("subscription_id", "resource_group", "name"),
    sqlite_autoincrement=True,
)

assets = Table(
    "assets",
    metadata,
    _workspace(primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("name", Words, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("id", Words, nullable=False),
    Column("document", Words, nullable=False),
    Column("tags", Words, nullable=False),
    Column("properties", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("archived_at", Moment),
)

#: `scope` says what is counted ("run", or an asset kind), `name` of what.
counters = Table(
    "counters",
    metadata,
    _workspace(primary_key=True),
    Column("scope", Words, primary_key=True),
    Column("name", Words, primary_key=True),
    Column("value", Integer, nullable=False),
)

nodes = Table(
    "nodes",
    metadata,
    _workspace(primary_key=True),
    Column("compute", Words, primary_key=True),
    Column("id", Words, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("document", Words, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("position", RowNumber, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    _workspace(),
    Column("experiment", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("name", Words, nullable=False),
    Column("number", Integer, nullable=False),
    Column("display_name", Words),
    Column("description", Words),
    Column("parent_id", Words),
    Column("root_id", Words, nullable=False),
    Column("node", Words),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("error", Words),
    Column("target", Words),
    Column("reused_run_id", Words),
    Column("artifact_datastore", Words, nullable=False),
    Column("artifact_path", Words, nullable=False),
    Column("submitted_by", Words, nullable=False),
    Column("job", Words),
    Column("attempt", Integer, nullable=False),
    # Each index ends in the order of the lists, newest first, so that a page costs its own length only.
    Index("runs_of_workspace", "workspace", "created_at", "position"),
    Index("runs_of_parent", "parent_id", "workspace", "created_at", "position"),
    Index("runs_of_experiment", "workspace", "experiment", "created_at", "position"),
    Index("top_runs_of_experiment", "workspace", "experiment", "parent_id", "created_at", "position"),
    Index("runs_of_status", "status", "workspace", "created_at", "position"),
    Index("runs_of_root", "root_id", "workspace", "created_at", "position"),
    Index("runs_of_step", "workspace", "name", "created_at", "position"),
    # Failures that nobody looked at yet, of all runs that ever were: without the steps, which are many times as many.
    Index(
        "top_runs_of_status",
        "workspace",
        "status",
        "created_at",
        "position",
        sqlite_where=text("parent_id IS NULL"),
        postgresql_where=text("parent_id IS NULL"),
    ),
    # An engine asks often for the few pipeline runs that are active, and these may have many active steps.
    Index("runs_of_kind", "kind", "status"),
    sqlite_autoincrement=True,
)

#: `kind` is "tag" or "property". Their own rows, so that runs are found by them on every database.
labels = Table(
    "labels",
    metadata,
    _run(primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
    sqlite_with_rowid=False,
)

submissions = Table(
    "submissions", metadata, _run(primary_key=True), Column("document", Words, nullable=False)
)

events = Table(
    "events",
    metadata,
    Column("sequence", RowNumber, primary_key=True),
    _run(),
    Column("subject", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("data", Words, nullable=False),
    Index("events_of_run", "run_id", "sequence"),
    sqlite_autoincrement=True,
)

decisions = Table("decisions", metadata, _run(primary_key=True), Column("document", Words, nullable=False))

outputs = Table(
    "outputs",
    metadata,
    _run(primary_key=True),
    Column("name", Words, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("datastore", Words, nullable=False),
    Column("path", Words, nullable=False),
    Column("content", Words, nullable=False),
    Column("stat", Words, nullable=False),
    Column("files", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("is_directory", Boolean, nullable=False),
)

reuse_index = Table(
    "reuse_index",
    metadata,
    _run(primary_key=True),
    _workspace(),
    Column("key", Words, nullable=False),
    Index("runs_of_key", "workspace", "key"),
)

#: `sequence` is the place in a job's outbox; null for values that came another way (nulls are never equal).
metrics = Table(
    "metrics",
    metadata,
    Column("position", RowNumber, primary_key=True),
    _run(),
    Column("sequence", BigInteger),
    Column("name", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("value", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("step", BigInteger),
    Column("description", Words, nullable=False),
    UniqueConstraint("run_id", "sequence"),
    Index("metrics_of_run", "run_id", "position"),
    sqlite_autoincrement=True,
)

schedule_states = Table(
    "schedule_states",
    metadata,
    _workspace(primary_key=True),
    Column("schedule", Words, primary_key=True),
    Column("next_at", Moment),
    Column("document", Words, nullable=False),
)

schedule_checks = Table(
    "schedule_checks",
    metadata,
    Column("sequence", RowNumber, primary_key=True),
    _workspace(),
    Column("schedule", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("document", Words, nullable=False),
    Index("checks_of_schedule", "workspace", "schedule", "sequence"),
    sqlite_autoincrement=True,
)

#: Runs that were deleted and whose rows are still there: `is_kept` if another run needs them, else they go.
deleted_runs = Table(
    "deleted_runs",
    metadata,
    _run(primary_key=True),
    _workspace(),
    Column("is_kept", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Index("deleted_runs_of_workspace", "workspace", "is_kept"),
)

principals = Table(
    "principals",
    metadata,
    Column("id", Words, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("name", Words, nullable=False, unique=True),
    Column("subject", Words, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)


def _principal(*, primary_key: bool = False) -> Column[str]:
    below = ForeignKey("principals.id", ondelete="CASCADE")
    return Column("principal", Words, below, primary_key=primary_key, nullable=False)


#: `digest` is of a random text a plain sha256, of a password a salted scrypt. `behind` and `grants`: see `Credential`.
credentials = Table(
    "credentials",
    metadata,
    Column("id", Words, primary_key=True),
    _principal(),
    Column("kind", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("label", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("last_used_at", Moment),
    Column("behind", Words, nullable=False),
    Column("grants", Words, nullable=False),
    Index("credentials_of_principal", "principal", "kind"),
    Index("credentials_by_digest", "digest"),
)

#: `workspace` is an id or "*"; no foreign key, for that star.
grants = Table(
    "grants",
    metadata,
    _principal(primary_key=True),
    Column("workspace", Words, primary_key=True),
    Column("role", Words, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("sequence", RowNumber, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("principal", Words, nullable=False),
    Column("operation", Words, nullable=False),
    Column("workspace", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("data", Words, nullable=False),
    Index("audit_of_workspace", "workspace", "sequence"),
    sqlite_autoincrement=True,
)

#: The tables that came with version 3 of the schema.
SERVER_TABLES = (schedule_states, schedule_checks, deleted_runs, principals, credentials, grants, audit)
