"""Lazulite: Azure Machine Learning pipelines (Python SDK v1) on machines you own.

The packages below this one are stations on one road; `docs/explanation/architecture.md` draws it.
User code imports `azureml.*`, as it always did; `lazulite.sdk` is where those names live.
"""

__version__ = "0.1.0"
