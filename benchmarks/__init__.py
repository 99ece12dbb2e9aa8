"""Speed and scale, measured against peers: `python -m benchmarks`. The report is docs/benchmarks.md."""
