"""The kinds of datastore: a class for each, as v1 has them, and how each is registered."""
