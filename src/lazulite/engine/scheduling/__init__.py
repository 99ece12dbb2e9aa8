"""Schedules: when they are due, what changed data mean, and the looks that start runs."""
