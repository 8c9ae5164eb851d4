"""What a visitor means: what they want, which product or order, which of several. Pure."""
