"""The pages about one run: graph, timeline, a panel for each step, comparing, and what can be done with it."""
