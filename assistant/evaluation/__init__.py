"""Public question sets as knowledge bases, to measure finding on. Pure."""
