"""Imported by a script beside it."""


def shout(text):
    """Return the text in capitals."""
    return text.upper()
