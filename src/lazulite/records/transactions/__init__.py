"""The operations on the facts by noun. Each is one transaction; what it does there is told by the module of its noun."""
