"""What use teaches: which questions belong together, which passages help. Pure."""
