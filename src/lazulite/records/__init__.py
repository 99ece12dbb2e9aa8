"""Facts: what exists and what happened, in SQLite (the default) or Postgres. Opened by `database.open_records`."""
