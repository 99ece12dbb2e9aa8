"""The program inside a job: stages the snapshot and the data, runs the script, publishes what it wrote.

`run.run_job` is the whole road; the other modules are its stations. The truth about a job is in its folder
(`folder.JobFolder`), so that nobody has to be listening while it runs.
"""
