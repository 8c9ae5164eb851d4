"""The only code that touches torch and transformers, and only inside functions."""
