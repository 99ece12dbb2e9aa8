"""The task of an AdlaStep.

task       from the order to `usql.run.run_script`, and from what it tells to log, artifacts and metrics
accounts   which datastore is the account's own, and where its catalog is
places     which file of this machine a path of the script means
job_log    what each statement did: printed, kept with the run, counted as metrics
"""
