"""What the system can do (`service`) and how to reach it (`connect`)."""
