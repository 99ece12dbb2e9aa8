"""A DatabricksStep at a Databricks workspace, through the official `databricks-sdk`.

    run        the order of it all
    note       what is remembered for the next try: which run was submitted
    session    the client, whose waiting ends when the step is canceled
    reachable  which data a cluster cannot reach
    source     the step's files, brought there and taken away
    mounts     secrets by which a notebook mounts the data
    clusters   an existing cluster: its version, its restart
    request    the run that is asked for
    watch      the run's states until it is over
    result     what it left: exit value, printed lines, traceback
    failures   every way to fail, in words

The library takes seconds to import, so it is, inside functions, in this process only.
"""
