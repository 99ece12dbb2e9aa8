import argparse
import os

from azureml.core import Run

parser = argparse.ArgumentParser()
parser.add_argument("--table", required=True)
parser.add_argument("--rows", type=int, default=100)
args = parser.parse_args()

os.makedirs(args.table, exist_ok=True)
with open(os.path.join(args.table, "numbers.csv"), "w") as file:
    file.write("number,square,name\n")
    file.writelines('%d,%d,"row <%d>"\n' % (number, number * number, number) for number in range(args.rows))
Run.get_context().log("rows", args.rows)
print("wrote %d rows" % args.rows)
