"""`make bench-audience`: profiles, segments, recommendations and strategy, measured."""
