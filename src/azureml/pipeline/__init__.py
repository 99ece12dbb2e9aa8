"""v1's `azureml.pipeline`: `core` and `steps` are in it."""
