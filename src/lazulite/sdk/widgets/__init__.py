"""What shows a run while it goes on: in a notebook, and as text."""
