"""How much of a prompt the other prompts of its job begin with too."""

from __future__ import annotations

# The latest first. Data cannot hold these: its line breaks are escaped.
_OWN_PART_OPENS = ("\n\nThe angle:\n", "<data>\n")


def shared_length(prompt: str) -> int:
    r"""Characters before what is said of one brief only; it depends on the prompt alone.

    >>> shared_length("Rules.\n\n<data>\n{}")
    8
    """
    places = (prompt.find(opening) for opening in _OWN_PART_OPENS)
    return next((place for place in places if place >= 0), 0)
