"""How good profiles are, measured on real data: each part yields sections of figures."""
