"""The catalog of an account: databases, schemas, tables, views, functions, procedures, types and packages.

    account(folder)  ── lock, file ──▶  run_script(…, catalog=account.catalog, database=account.database)

One DuckDB file per account holds the rows of tables and, in a side table, the text of every definition with the
database and schema in which it was made. Scripts that need no catalog (`uses_catalog`) take no lock.
"""

from lazulite.usql.catalog.account import Account, account, uses_catalog

__all__ = ["Account", "account", "uses_catalog"]
