"""v1's private home of the base exceptions; user code imports AzureMLException from it."""

from lazulite.sdk.exceptions import AzureMLAggregatedException, AzureMLException

__all__ = ["AzureMLAggregatedException", "AzureMLException"]
