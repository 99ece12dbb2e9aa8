# Databricks notebook source
greeting = dbutils.widgets.get("greeting")
container, account = dbutils.widgets.get("container"), dbutils.widgets.get("account")


def double(n):
    return 2 * n
