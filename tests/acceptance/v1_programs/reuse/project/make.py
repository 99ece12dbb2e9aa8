import os
import sys

from factor import FACTOR

with open(os.path.join(sys.argv[1], "value"), "w") as file:
    file.write(str(FACTOR * 10))
