"""Putting words and meaning together, and judging what is found. Pure."""
