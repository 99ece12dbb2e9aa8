"""The v1-shaped face: one noun per file. `azureml.*` re-exports these names under their v1 paths."""
