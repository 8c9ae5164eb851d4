"""Is it a program that did it, and not a person? What is kept is why, to be judged again later.

`agents` goes by names, `reasons` by one event, `neighbours` by what else was done to the same mail.
All of it is pure.
"""

from events.bots.agents import LONGEST_NAME, is_bot_like, is_bot_name
from events.bots.neighbours import MailEvent, reasons_by_neighbours
from events.bots.reasons import CLICKS, DELIVERIES, MEANINGS, OPENS, event_reasons

__all__ = [
    "CLICKS",
    "DELIVERIES",
    "LONGEST_NAME",
    "MEANINGS",
    "OPENS",
    "MailEvent",
    "event_reasons",
    "is_bot_like",
    "is_bot_name",
    "reasons_by_neighbours",
]
