import json
import os
import sys

seen = {name: value for name, value in os.environ.items() if name.startswith("AML_PARAMETER_")}
print(json.dumps({"argv": sys.argv[1:], "parameters": seen}))
