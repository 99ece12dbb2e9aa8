import argparse
import os

from azureml.core import Run

parser = argparse.ArgumentParser()
parser.add_argument("--table")
parser.add_argument("--rows", type=int)
args = parser.parse_args()

os.makedirs(args.table, exist_ok=True)
with open(os.path.join(args.table, "<i>numbers.csv"), "w") as file:
    file.write("number,name\n")
    file.writelines('%d,"<img src=x onerror=alert(1)>"\n' % number for number in range(args.rows))
with open(os.path.join(args.table, "about.json"), "w") as file:
    file.write('{"rows": %d, "note": "<script>alert(1)</script>"}' % args.rows)
Run.get_context().log("rows", args.rows)
print("2026-01-01T10:00:00Z \033[32mwrote\033[0m %d rows <script>alert('log')</script>" % args.rows)
