"""The sidebar: what a marketer looks for, in the order of their day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

from assistant.selectors import conversations_waiting

Entry = tuple[str, str, str, str]

CAMPAIGNS: Entry = ("Campaigns", "campaign", "campaigns", "campaign")
GROUPS: Sequence[tuple[str, Sequence[Entry]]] = (
    (
        "Copy",
        (
            ("Templates", "mail", "campaigns", "template"),
            ("Brand voices", "record_voice_over", "campaigns", "brandvoice"),
            ("Variants", "edit_note", "campaigns", "variant"),
            ("Writing jobs", "smart_toy", "generation", "generationjob"),
        ),
    ),
    (
        "People",
        (
            ("Contacts", "person", "audience", "contact"),
            ("Segments", "groups", "audience", "segment"),
            ("Groups of people", "bubble_chart", "audience", "clusteridentity"),
            ("Their words", "chat", "audience", "text"),
            ("What was learnt", "model_training", "audience", "fittedhead"),
        ),
    ),
    (
        "Catalog",
        (
            ("Products", "inventory_2", "catalog", "product"),
            ("Offers", "sell", "catalog", "offer"),
            ("Feeds", "sync", "catalog", "feed"),
            ("Recommendation rules", "recommend", "catalog", "recommendationrules"),
            ("Recommender", "model_training", "catalog", "recommenderfit"),
        ),
    ),
    (
        "Assistant",
        (
            ("Inbox", "inbox", "assistant", "inbox"),
            ("Knowledge bases", "menu_book", "assistant", "knowledgebase"),
            ("Documents", "description", "assistant", "document"),
            ("Intents", "psychology", "assistant", "intent"),
            ("Intent heads", "model_training", "assistant", "intentfit"),
            ("Conversations", "forum", "assistant", "conversation"),
            ("Policies", "tune", "assistant", "policy"),
        ),
    ),
    (
        "Measure",
        (
            ("Experiments", "science", "experiments", "experiment"),
            ("Metrics", "monitoring", "experiments", "savedmetric"),
            ("Layers", "layers", "experiments", "layer"),
            ("Holdouts", "back_hand", "experiments", "holdout"),
            ("Events", "bolt", "events", "event"),
            ("Refused events", "report", "events", "rejection"),
        ),
    ),
    (
        "Settings",
        (
            ("API keys", "key", "core", "apikey"),
            ("Webhooks", "webhook", "core", "webhookendpoint"),
            ("Sent webhooks", "outbox", "core", "webhookdelivery"),
            ("Users", "badge", "auth", "user"),
            ("Groups", "shield_person", "auth", "group"),
            ("Consent", "handshake", "privacy", "consententry"),
            ("Requests of people", "person_search", "privacy", "subjectrequest"),
            ("Do not contact", "do_not_disturb_on", "privacy", "suppression"),
            ("Audit trail", "history", "core", "auditentry"),
        ),
    ),
)

# What has a page of its own, which is more to the point than its list in the admin.
OWN_PAGES = {"clusteridentity": "web:groups", "inbox": "web:inbox", "policy": "web:policies"}
# Of what has no rows of its own: the right that opens it, and how many wait there.
OWN_RIGHTS = {"inbox": "assistant.answer_conversation"}
BADGES = {"inbox": "web.navigation.people_waiting"}


def stylesheet(_request: HttpRequest) -> str:
    return static("copylift/copylift.css")


def icon(_request: HttpRequest) -> str:
    return static("copylift/icon.svg")


def sidebar(_request: HttpRequest) -> list[dict[str, Any]]:
    """The groups and their pages; a page shows only to those who may view it."""
    home = {"title": "Home", "icon": "home", "link": reverse_lazy("admin:index")}
    campaigns = _item(CAMPAIGNS) | {"active": _is_campaign_page}
    plans = {
        "title": "Plans",
        "icon": "route",
        "link": reverse_lazy("web:plans"),
        "active": _is_plan_page,
        "permission": _may_view("campaigns", "plan"),
    }
    return [
        {"title": None, "items": [home, campaigns, plans]},
        *(
            {"title": title, "separator": False, "items": [_item(entry) for entry in entries]}
            for title, entries in GROUPS
        ),
    ]


def _item(entry: Entry) -> dict[str, Any]:
    title, icon, app, model = entry
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(OWN_PAGES.get(model, f"admin:{app}_{model}_changelist")),
        "permission": _may_open(app, model),
        **({"badge": BADGES[model]} if model in BADGES else {}),
    }


def people_waiting(request: HttpRequest) -> str:
    """How many visitors wait for a person, to who may answer them."""
    if not request.user.has_perm(OWN_RIGHTS["inbox"]):
        return ""
    return str(conversations_waiting().count() or "")


def _is_campaign_page(request: HttpRequest) -> bool:
    return request.path.startswith(("/campaigns/", "/variants/", "/admin/campaigns/campaign/"))


def _is_plan_page(request: HttpRequest) -> bool:
    return request.path.startswith("/plans/")


def _may_open(app: str, model: str) -> Callable[[HttpRequest], bool]:
    own = OWN_RIGHTS.get(model)
    return partial(_has_right, own, own) if own else _may_view(app, model)


def _may_view(app: str, model: str) -> Callable[[HttpRequest], bool]:
    return partial(_has_right, f"{app}.view_{model}", f"{app}.change_{model}")


def _has_right(view: str, change: str, request: HttpRequest) -> bool:
    return request.user.has_perm(view) or request.user.has_perm(change)
