"""From past experiments to who gets what: pure."""
