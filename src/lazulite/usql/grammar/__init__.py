"""The reading of U-SQL: characters to tokens to tree."""
