"""What .NET does and DuckDB does not: its formats, its parsing, its decimals, its strings of UTF-16 units.

Each module has plain functions on Python values; `functions` registers them with a connection as `usql_…`, so that
SQL can call them on whole vectors. A value is as `usql.types` says DuckDB keeps it: ticks for a DateTime, text for a
decimal, a code unit for a char.
"""
