import time

from azureml.core import Run

Run.get_context().log("started", True)
time.sleep(60)
