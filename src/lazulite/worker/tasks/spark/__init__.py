"""Steps on Apache Spark of this machine."""
