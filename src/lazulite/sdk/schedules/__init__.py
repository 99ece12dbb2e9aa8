"""Schedules of published pipelines and endpoints, as v1 had them."""
