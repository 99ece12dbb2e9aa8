"""The backend that runs jobs in processes of this machine.

backend    `ProcessCompute`: the `Compute` protocol; hands everything to one thread
loop       that thread: sockets, timers, calls from other threads
fleet      all targets and jobs: launches, cancels, adopts what an earlier engine left
cluster    one target: what the engine wants, what nodes say, what follows
staff      its nodes as processes: started, adopted, told to leave, given up
news       what the engine is told of the nodes
flight     the jobs of one target: waiting, on a node, or going on without one
ahead      a second job for nodes whose jobs are short; taken back when it would start earlier elsewhere
schedule   which nodes to start, stop and use; pure
link       the engine's end of one node
node       the node: a detached process that runs jobs, one at a time
switchboard  its connections: what engines order, and the news for them
protocol   what engine and node say to each other
nodefile   what a node's folder holds, and where its socket is
"""

from lazulite.compute.processes.backend import ProcessCompute

__all__ = ["ProcessCompute"]
