"""Work that Lazulite itself does as a job: one module for each `RunTask.task`, each in a process of its own.

`order` says what a task is given and how it fails; `registry` finds the module; `python -m lazulite.worker.tasks` runs it.
"""
