# Databricks notebook source
try:
    dbutils.notebook.exit(int(dbutils.widgets.get("n")) + 1)
except Exception:
    dbutils.notebook.exit("caught")
