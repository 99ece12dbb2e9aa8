"""Bytes: datastores (`folders`, `datastores`, `transfer`), code (`blobs`, `ignore`, `snapshots`), content (`versions`)."""
