"""The nouns of the system: frozen dataclasses and the errors, imported by everyone, importing nothing of ours."""
