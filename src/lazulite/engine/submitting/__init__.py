"""From what somebody wants run (a submission, a published pipeline, an earlier run) to the recorded run."""
