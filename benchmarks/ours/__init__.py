"""Lazulite as it is measured: a home folder of its own, and the programs that a user of it would write."""
