"""v1's private package of what its packages share; only `exceptions` is of use to user code."""
