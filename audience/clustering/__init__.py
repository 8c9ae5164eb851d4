"""Groups of like profiles, found and put in words. Pure: numpy, and scikit-learn on first use."""
