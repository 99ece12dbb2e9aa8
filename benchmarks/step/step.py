"""The script of every step, for every tool: read the inputs, write one output file, print one line.

usage: step.py SEED OUTPUT INPUT...

A folder as output or input stands for the file `value.txt` in it: Azure ML hands folders to scripts, the other tools files.
"""

import os
import sys


def file_of(place):
    return os.path.join(place, "value.txt") if os.path.isdir(place) else place


total = int(sys.argv[1])
for place in sys.argv[3:]:
    with open(file_of(place)) as file:
        total += int(file.read())
with open(file_of(sys.argv[2]), "w") as written:
    written.write(str(total))
print("total", total)
