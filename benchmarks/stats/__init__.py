"""What the statistics promise, measured beside their peers; `make bench-stats`."""
