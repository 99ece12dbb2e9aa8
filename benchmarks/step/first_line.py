"""Writes down when its first line ran: nanoseconds since 1970, to the file that it is given."""

import time

FIRST = time.time_ns()

import sys  # noqa: E402 - the clock comes first

with open(sys.argv[1], "w") as file:
    file.write(str(FIRST))
