"""U-SQL on this machine: the language of Azure Data Lake Analytics, read here and run by DuckDB.

    text ──▶ substitute ──▶ parser ──▶ tree ──▶ binder ──▶ DuckDB
             @@name@@       lexer      frozen    types and
                                       nodes     names

`usql` stands by itself: besides `lazulite.model` it knows nothing of pipelines.
"""
