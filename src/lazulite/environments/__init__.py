"""From an environment definition to an interpreter: the current one if it will do, else a virtual environment.

    spec ─▶ requirements (conda, options) ─▶ satisfied? ── yes ─▶ the interpreter at hand
                                                 └─ no ─▶ key ─▶ build, once per key ─▶ its own interpreter

`resolve.resolve` is the one function that others call.
"""
