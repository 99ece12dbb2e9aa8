import os
import sys

folder, uploaded, single = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
for place, text in ((os.path.join(folder, "part"), "f"), (uploaded, "u"), (single, "s")):
    os.makedirs(os.path.dirname(place) or ".", exist_ok=True)
    with open(place, "w") as file:
        file.write(text)
