"""`make bench-assistant`: how fast and how well the assistant finds and answers, measured."""
