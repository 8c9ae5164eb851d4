"""From passages to an answer whose every sentence has its source. Pure."""
