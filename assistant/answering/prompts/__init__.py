"""The wordings of the prompt, each in a file of its own that never changes."""
