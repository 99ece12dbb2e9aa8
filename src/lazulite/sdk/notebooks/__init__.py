"""Jupyter notebooks as something that runs. v1: `azureml.contrib.notebook`."""
