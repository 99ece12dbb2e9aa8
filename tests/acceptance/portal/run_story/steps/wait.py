import os
import sys
import time

folder = sys.argv[1]
print("waiting", flush=True)
told = 0
while not os.path.exists(os.path.join(folder, "go")):
    while os.path.exists(os.path.join(folder, "say-%d" % told)):
        print("heard %d" % told, flush=True)
        told += 1
    time.sleep(0.02)
print("went on", flush=True)
