"""Conformance suites for implementations of Lazulite's two protocols: shipped, so that plugin authors run them."""
