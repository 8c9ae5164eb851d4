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
from events.services.reading import news_read
from events.services.subscriptions import subscription_end, subscription_renew
from events.services.units import aliases_add, aliases_apply, units_move

__all__ = [
    "FlagDay",
    "FlagReport",
    "MailResult",
    "RefusedMessage",
    "StoreResult",
    "Visitor",
    "aliases_add",
    "aliases_apply",
    "batch_store",
    "bots_flag",
    "bots_flag_news",
    "click_note",
    "events_store",
    "mail_events_store",
    "new_events_store",
    "news_read",
    "open_note",
    "rejection_keep",
    "subscription_end",
    "subscription_renew",
    "units_move",
    "visitor_context",
]
