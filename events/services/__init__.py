"""Writes of the event log."""

from events.services.flagging import FlagDay, FlagReport, bots_flag, bots_flag_news
from events.services.log import (
    RefusedMessage,
    StoreResult,
    batch_store,
    events_store,
    new_events_store,
    rejection_keep,
)
from events.services.mail import (
    MailResult,
    Visitor,
    click_note,
    mail_events_store,
    open_note,
    visitor_context,
)
from events.services.months import (
    MonthDropped,
    MonthKept,
    Retained,
    log_analyse,
    months_drop,
    months_make,
    months_make_ahead,
)
from events.services.reading import news_read
from events.services.subscriptions import subscription_end, subscription_renew
from events.services.units import aliases_add, aliases_apply, units_move

__all__ = [
    "FlagDay",
    "FlagReport",
    "MailResult",
    "MonthDropped",
    "MonthKept",
    "RefusedMessage",
    "Retained",
    "StoreResult",
    "Visitor",
    "aliases_add",
    "aliases_apply",
    "batch_store",
    "bots_flag",
    "bots_flag_news",
    "click_note",
    "events_store",
    "log_analyse",
    "mail_events_store",
    "months_drop",
    "months_make",
    "months_make_ahead",
    "new_events_store",
    "news_read",
    "open_note",
    "rejection_keep",
    "subscription_end",
    "subscription_renew",
    "units_move",
    "visitor_context",
]
