"""Moves runs forward: a pure state machine (`machine`), the loop that carries out what it says (`driver`), the reuse
decision (`reuse`), from plan to job (`jobs`), and the detached process around them (`process`, `main`)."""
