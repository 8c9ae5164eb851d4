"""Writes of the assistant."""

from assistant.services.conversations import (
    conversation_hand_over,
    conversation_known,
    conversation_new,
    conversation_start,
    conversations_expire,
    feedback_give,
    message_answer,
)
from assistant.services.documents import (
    Incoming,
    document_remove,
    documents_save,
)
from assistant.services.embedding import identity_renew, origins_change
from assistant.services.gaps import (
    gap_answer,
    gap_dismiss,
    gap_meant,
    gap_reopen,
    gap_search_request,
    gap_searches_due,
    gap_searches_run,
)
from assistant.services.inbox import (
    REPLY_MAX,
    conversation_release,
    conversation_reply,
    conversation_return,
    conversation_solve,
    conversation_take,
)
from assistant.services.learnt_examples import meaning_say
from assistant.services.ranking import ranker_fit, rankers_fit_due
from assistant.services.reading import documents_read
from assistant.services.visits import click_keep, conversation_resolve
from assistant.services.web_pages import (
    web_page_remove,
    web_pages_add,
    web_pages_due,
    web_pages_fetch,
    web_pages_refetch,
    web_pages_stop,
)

__all__ = [
    "REPLY_MAX",
    "Incoming",
    "click_keep",
    "conversation_hand_over",
    "conversation_known",
    "conversation_new",
    "conversation_release",
    "conversation_reply",
    "conversation_resolve",
    "conversation_return",
    "conversation_solve",
    "conversation_start",
    "conversation_take",
    "conversations_expire",
    "document_remove",
    "documents_read",
    "documents_save",
    "feedback_give",
    "gap_answer",
    "gap_dismiss",
    "gap_meant",
    "gap_reopen",
    "gap_search_request",
    "gap_searches_due",
    "gap_searches_run",
    "identity_renew",
    "meaning_say",
    "message_answer",
    "origins_change",
    "ranker_fit",
    "rankers_fit_due",
    "web_page_remove",
    "web_pages_add",
    "web_pages_due",
    "web_pages_fetch",
    "web_pages_refetch",
    "web_pages_stop",
]
