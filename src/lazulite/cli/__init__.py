"""The face in a terminal: `lazulite`, one noun per file."""
