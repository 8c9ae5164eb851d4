"""The phrase inventory of `composer`: hand-written copy by angle, tone and kind."""
