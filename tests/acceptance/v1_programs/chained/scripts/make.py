import os
import sys

table, notes = sys.argv[1:]
with open(os.path.join(table, "squares.csv"), "w") as file:
    file.writelines(f"{number},{number * number}\n" for number in range(5))
with open(os.path.join(notes, "readme.txt"), "w") as file:
    file.write("number, square")
