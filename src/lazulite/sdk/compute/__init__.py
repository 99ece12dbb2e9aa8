"""Compute targets as v1 code sees them: one file per kind, all built on `target.ComputeTarget`."""
