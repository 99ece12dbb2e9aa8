import os
import sys

from azureml.core import Run

with open(os.path.join(sys.argv[1], "value")) as file:
    Run.get_context().log("value", int(file.read()))
