"""Webhooks of email tools: anymail reads them, we make events of what it found."""
