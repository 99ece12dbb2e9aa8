"""What an exit code says. Scripts rely on these: they are part of the command line's contract, and never change."""

from __future__ import annotations

OK = 0
#: The run failed or was canceled, or what was asked for could not be done.
FAILED = 1
#: The command was given wrongly: an unknown option, a value that cannot be, a question that needs an answer.
USAGE = 2
#: A workspace, run, step, datastore, compute target or file does not exist.
NOT_FOUND = 3
#: The service or its engine cannot be reached or started.
UNAVAILABLE = 4
#: Ended with Ctrl-C, as shells count it (128 + SIGINT).
INTERRUPTED = 130
#: Whoever read the output stopped reading, as in `lazulite runs list | head -1` (128 + SIGPIPE).
BROKEN_PIPE = 141

HELP = """\b
Exit codes:
  0    done; of a run that was waited for: it completed
  1    the run failed or was canceled, or the thing could not be done
  2    the command was given wrongly
  3    a workspace, run, datastore, compute target or file does not exist
  4    the service or its engine cannot be reached or started
  130  ended with Ctrl-C
"""
