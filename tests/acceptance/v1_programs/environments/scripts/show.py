import os
import sys

import packaging

print(os.environ.get("SOURCE"), sys.version_info[:2] >= (3, 10), bool(packaging.__version__))
