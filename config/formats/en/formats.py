"""How dates stand on every page: a day nobody reads as a month, and whose hours they are."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i e"
