from azureml.core import Run

Run.get_context().log("before", 1)
raise ValueError("the column 'age' is missing")
