"""v1's `azureml.contrib`."""
