"""What beat wakes, and how often. Every entry names a task; a missed beat costs only a delay."""

from __future__ import annotations

from typing import Any


def every(seconds: float, task: str) -> dict[str, Any]:
    """A beat nobody took in time is dropped: the next one does the same work."""
    return {"task": task, "schedule": seconds, "options": {"queue": "default", "expires": seconds}}


SCHEDULE = {
    "jobs of dead workers move on": every(20.0, "generation.tasks.jobs_sweep"),
    "campaigns whose job ended unheard collect": every(60.0, "campaigns.tasks.campaigns_sweep"),
    "contacts follow the events": every(30.0, "audience.tasks.follow_events"),
    "exposures follow who turned out to be whom": every(60.0, "experiments.tasks.exposures_follow"),
    "programs among the readers are flagged": every(60.0, "events.tasks.flag_bots"),
    "the log has room for the next months": every(86_400.0, "events.tasks.keep_months"),
    "new texts are understood": every(60.0, "audience.tasks.understand"),
    "documents that wait are read": every(60.0, "assistant.tasks.read"),
    "assistants know the catalog": every(600.0, "assistant.tasks.catalog_learn"),
    "intents follow their examples": every(300.0, "assistant.tasks.intents_fit"),
    "refits of dead workers move on": every(60.0, "audience.tasks.refits_sweep"),
    "profiles are as people agreed": every(3600.0, "audience.tasks.consents_sweep"),
    "builds of dead workers move on": every(60.0, "audience.tasks.builds_sweep"),
    "people's requests are worked on": every(60.0, "privacy.tasks.work"),
    "old conversations are forgotten": every(86_400.0, "assistant.tasks.conversations_expire"),
    "what nobody wrote down is looked for": every(3600.0, "assistant.tasks.gaps_search_due"),
    "bases that changed are judged": every(600.0, "assistant.tasks.evaluate"),
    "web pages are fetched when due": every(60.0, "assistant.tasks.web_pages_fetch"),
    "ranking learns from feedback": every(86_400.0, "assistant.tasks.rankers_fit"),
    "searches for gaps of dead workers move on": every(60.0, "assistant.tasks.gaps_search"),
    "product feeds are read when due": every(600.0, "catalog.tasks.feeds_read"),
    "new products are understood": every(3600.0, "catalog.tasks.products_understand"),
    "recommendations are renewed": every(86_400.0, "catalog.tasks.recommendations_renew"),
    "profiles follow what people order": every(3600.0, "audience.tasks.profiles_grow_old"),
    "heads learn from the shop's own": every(604_800.0, "audience.tasks.heads_fit"),
    "bandits move their traffic": every(3600.0, "experiments.tasks.bandits_refresh"),
    "webhooks that are due are sent": every(5.0, "core.tasks.webhooks_send"),
    "old webhooks are forgotten": every(86_400.0, "core.tasks.webhooks_prune"),
    "running experiments are analysed": every(300.0, "experiments.tasks.analyses_refresh"),
}
