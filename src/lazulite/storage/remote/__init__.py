"""Stores whose files are on another machine: object stores, file shares, DBFS."""
