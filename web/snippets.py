"""What to paste into an email tool, with the campaign's own names in it.

Some tools ask while they send, and some cannot: those get a send list, and tags that read what it
brought. docs/how-to/connect-an-email-tool.md says which is which.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from campaigns.cells import CONTROL
from campaigns.live_plans import LivePlan
from campaigns.models import Campaign
from campaigns.rendering import rendered
from core.errors import InputRefused
from experiments.models import Experiment
from generation.channels import EMAIL, fields_of

HOME = "{address}/v1/decide?campaign={campaign}"
MAILCHIMP_NAMES = {"first_name": "*|FNAME|*", "last_name": "*|LNAME|*"}
MAIL_LINKS = ("list_unsubscribe", "list_unsubscribe_post", "open_picture")
ASKS, LISTS = "asks while it sends", "takes a send list"


@dataclass(frozen=True)
class Snippet:
    key: str
    title: str
    words: str
    text: str


@dataclass(frozen=True)
class Place:
    """Where the campaign is asked for: address, key, the arm a tool that splits names, texts."""

    address: str
    campaign: str
    arm: str
    fields: tuple[str, ...]
    goal: str
    is_email: bool


def snippets_for(
    address: str, campaign: Campaign, *, token: str = "", plan: LivePlan | None = None
) -> list[Snippet]:
    """One for each tool, then how events come back.

    `token` is the campaign's own, left out for who may not see it; `plan` holds the approved texts.
    """
    experiment = campaign.experiment
    is_external = bool(experiment and experiment.assignment == Experiment.Assignment.EXTERNAL)
    place = Place(
        address,
        campaign.key,
        CONTROL if is_external else "",
        fields_of(campaign.channel),
        campaign.goal_event,
        campaign.channel == EMAIL,
    )
    return [
        _curl(place),
        _braze(place),
        _iterable(place, token),
        _customer_io(place),
        _klaviyo(place),
        _mailchimp(place, plan),
        _events(place),
    ]


def _curl(place: Place) -> Snippet:
    asked = {"campaign": place.campaign, "contact": "customer-123", "delivery": "mail-1"}
    asked |= {"arm": place.arm} if place.arm else {}
    return Snippet(
        "curl",
        "Any tool that can call a web address",
        "At send time, once per contact. The answer to one “delivery” is the same however often "
        "you ask. Without an id of your own leave “delivery” out."
        + (
            " With it the answer of an email also has “links”: the headers of one-click "
            "unsubscription, and a picture that tells of an open."
            if place.is_email
            else ""
        ),
        f"curl -X POST {place.address}/v1/decide \\\n"
        '  -H "Authorization: Bearer $COPYLIFT_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d '{json.dumps(asked)}'",
    )


def _braze(place: Place) -> Snippet:
    """Connected Content caches a GET for five minutes at least unless told not to."""
    used = "\n".join(f"{_label(name)}: {{{{copylift.content.{name}}}}}" for name in place.fields)
    return Snippet(
        "braze",
        f"Braze: {ASKS} (Connected Content)",
        "Paste the first tag at the top of the message and of its subject line; then use the "
        "values where you need them. Keep YOUR_KEY in Braze's own store of credentials.",
        f"{{% connected_content {_home(place)}"
        "&contact={{${user_id} | url_encode}}&delivery={{campaign.${dispatch_id}}}"
        f"{_arm(place)}\n"
        '   :headers {"Authorization": "Bearer YOUR_KEY"}\n'
        "   :no_cache\n"
        "   :save copylift %}\n"
        "{% if copylift.suppressed %}"
        '{% abort_message("Copylift: not to be written to") %}'
        "{% elsif copylift.content == blank %}"
        '{% abort_message("Copylift: no answer") %}{% endif %}\n'
        f"{used}{_mail_lines(place, 'copylift.links.')}",
    )


def _iterable(place: Place, token: str) -> Snippet:
    """A data feed's values are read in square brackets; a brace inside leaves HTML as it is."""
    used = "\n".join(
        f"{_label(name)}: "
        + (f"[[{{content.{name}}}]]" if name == "body" else f"[[content.{name}]]")
        for name in place.fields
    )
    return Snippet(
        "iterable",
        f"Iterable: {ASKS} (data feed)",
        "Make a data feed with this address (JSON, no cache), turn it on for the template, and use "
        "the values. The token in it opens this campaign only.",
        f"{_home(place)}&contact={{{{#urlEncode}}}}{{{{userId}}}}{{{{/urlEncode}}}}"
        f"&token={token or 'THE_CAMPAIGNS_TOKEN'}{_arm(place)}\n\n"
        f"{used}",
    )


def _feed_value(name: str) -> str:
    return f"[[{{content.{name}}}]]" if name == "body" else f"[[content.{name}]]"


def _customer_io(place: Place) -> Snippet:
    asked = {
        "campaign": place.campaign,
        "contact": "{{customer.id}}",
        "delivery": "{{trigger_id}}-{{customer.id}}",
    }
    asked |= {"arm": place.arm} if place.arm else {}
    kept = "\n".join(f"copylift_{name} = {{{{response.content.{name}}}}}" for name in place.fields)
    used = "\n".join(f"{_label(name)}: {{{{customer.copylift_{name}}}}}" for name in place.fields)
    kept_links = "".join(
        f"copylift_{name} = {{{{response.links.{name}}}}}\n"
        for name in MAIL_LINKS
        if place.is_email
    )
    return Snippet(
        "customer-io",
        f"Customer.io: {ASKS} (“send and receive data”)",
        "Put this action before the email: it posts, and keeps the answer in attributes, which the "
        "email then uses. End the journey where copylift_suppressed is true.",
        f"POST {place.address}/v1/decide\n"
        "Authorization: Bearer YOUR_KEY\n"
        f"{json.dumps(asked)}\n\n"
        f"{kept}\n"
        "copylift_suppressed = {{response.suppressed}}\n"
        f"{kept_links}\n"
        f"{used}{_mail_lines(place, 'customer.copylift_')}",
    )


def _klaviyo(place: Place) -> Snippet:
    used = "\n".join(
        f"{_label(name)}: {{{{ person|lookup:'copylift_{name}'|default:''"
        + ("|safe" if name == "body" else "")
        + " }}"
        for name in place.fields
    )
    return Snippet(
        "klaviyo",
        f"Klaviyo: {LISTS}",
        "Its web feeds know nothing of the recipient. Export the send list above, import it "
        "into a list with each column as a profile property of this name, and send to that list.",
        "\n".join(f"column {name} → property copylift_{name}" for name in place.fields)
        + f"\n\n{used}",
    )


def _mailchimp(place: Place, plan: LivePlan | None) -> Snippet:
    """A merge field holds 255 characters, so the words stand in the template, chosen by variant."""
    return Snippet(
        "mailchimp",
        f"Mailchimp: {LISTS}",
        "It cannot ask while it sends. Export the send list above, import it with the column "
        "variant as the merge field CLVARIANT (a number), and paste these texts. They hold no "
        "values of a contact but the names.",
        "\n\n".join(f"{_label(name)}: {_mailchimp_choice(plan, name)}" for name in place.fields),
    )


def _mailchimp_choice(plan: LivePlan | None, name: str) -> str:
    texts = _mailchimp_texts(plan, name) if plan else {}
    if not texts:
        return "(no copy is approved yet)"
    control = plan.text("", CONTROL) if plan else None
    last = texts.get(control.variant_id, "") if control else ""
    pieces = [
        f"*|{'ELSEIF' if number else 'IF'}:CLVARIANT={variant}|*{text}"
        for number, (variant, text) in enumerate(sorted(texts.items()))
    ]
    return "".join(pieces) + f"*|ELSE:|*{last}*|END:IF|*"


def _mailchimp_texts(plan: LivePlan, name: str) -> dict[int, str]:
    """The text of each variant with Mailchimp's tags for the names, and the shop's values in it."""
    values = {**MAILCHIMP_NAMES, "attributes": {}, **plan.shop}
    texts = {}
    for planned in plan.texts.values():
        try:
            texts[planned.variant_id] = dict(rendered(planned.copy, values).texts())[name]
        except InputRefused:
            texts[planned.variant_id] = ""
    return texts


def _events(place: Place) -> Snippet:
    event = {
        "type": "track",
        "messageId": "order-1001",
        "userId": "customer-123",
        "event": place.goal,
        "timestamp": "2026-01-31T10:00:00Z",
        "properties": {"revenue": 49.90, "currency": "EUR"},
    }
    return Snippet(
        "events",
        "Tell us what people did",
        "The verdict rests on these events. Sending one twice does no harm: "
        "it is stored once per messageId.",
        f"curl -X POST {place.address}/v1/batch \\\n"
        '  -H "Authorization: Bearer $COPYLIFT_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d '{json.dumps({'batch': [event]})}'",
    )


def _mail_lines(place: Place, prefix: str) -> str:
    """How a mail uses the links of the answer: two headers, and a picture at its end."""
    if not place.is_email:
        return ""
    return (
        f"\nHeader List-Unsubscribe: {{{{{prefix}list_unsubscribe}}}}"
        f"\nHeader List-Unsubscribe-Post: {{{{{prefix}list_unsubscribe_post}}}}"
        f'\nEnd of the body: <img src="{{{{{prefix}open_picture}}}}" width="1" height="1" alt="">'
    )


def _home(place: Place) -> str:
    return HOME.format(address=place.address, campaign=place.campaign)


def _arm(place: Place) -> str:
    return f"&arm={place.arm}" if place.arm else ""


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
