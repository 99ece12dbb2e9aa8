"""The transfer task, behind `DataTransferStep`: bytes from one datastore to another, rows from and into databases.

task       decides what goes where, counts, tells
ends       the two ends as the step's author gave them, opened
kinds      v1's rules for what is a file and what a directory
files      from one store of files to another
tables     rows of a database: reading a query or table, appending to a table in one transaction
postgres   the same for PostgreSQL, by COPY
text       rows as text in a file: CSV
columns    rows in a Parquet file
progress   lines for the log
"""
