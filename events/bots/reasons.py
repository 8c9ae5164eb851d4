"""What one event alone says of who did it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from events.bots.agents import is_bot_like
from events.bots.networks import Networks

# What the tools call an open, a click and a delivery, in events they send under their own names.
OPENS = frozenset({"Email Opened", "Opened Email", "DFEmailOpened", "email_opened"})
CLICKS = frozenset(
    {"Email Link Clicked", "Email Clicked", "Clicked Email", "DFEmailClicked", "email_clicked"}
)
DELIVERIES = frozenset({"Email Delivered", "Received Email", "DFEmailDelivered", "email_delivered"})
# Said by a person or their mail server, whoever carried it here; they are always honoured.
NEVER = frozenset({"Unsubscribed", "Subscribed", "Email Bounced", "Email Marked as Spam"})
FLAGGED_KINDS = ("track", "page", "screen")
# Apple's mail privacy fetches pictures under this name and nothing more; so do some scanners.
BARE_NAME = "Mozilla/5.0"
# Under one of these, with true or the name of a program, a tool says that no person did it.
TOOLS_SAY = (
    "isBot",
    "bot",
    "machine",
    "machine_open",
    "is_prefetched",
    "is_suspected_bot_click",
    "is_suspected_machine_open",
    "sg_machine_open",
    "Apple Privacy Open",
    "Bot Click",
)
# Gmail's proxy fetches a picture when the mail is opened.
FOR_A_PERSON = frozenset({"", "false", "no", "none", "0", "gmail", "google", "unknown"})

NO_NETWORKS = Networks()

MEANINGS: Mapping[str, str] = {
    "robot_name": "The program calls itself a robot.",
    "bare_name": "The program gives no name but “Mozilla/5.0”, as scanners do.",
    "apple_mpp": "Apple's Mail Privacy Protection fetched the picture, whether it was read or not.",
    "tool_says_so": "The email tool says that no person did it.",
    "head_request": "Only the headers were asked for, as scanners and previews do.",
    "scanner_network": "It came from the network of a mail scanner.",
    "decoy_link": "A link that people cannot see was followed.",
    "burst": "Three or more different links of one mail were followed within two seconds.",
    "before_delivery": "It happened before the mail was delivered.",
    "at_delivery": "It happened within two seconds of the delivery.",
}


def event_reasons(
    *,
    kind: str,
    name: str,
    value: Decimal | None,
    properties: Mapping[str, Any],
    context: Mapping[str, Any],
    networks: Networks | None = None,
) -> tuple[str, ...]:
    """Why a program is thought to have done it; empty for a person.

    What was worth money is never flagged: no robot pays. Only opens and clicks of mails are judged
    by more than the program's name, for of those the reasons are known.

    Args:
        kind: As in the log.
        name: Of the event.
        value: What it was worth.
        properties: As in the log.
        context: As in the log: `userAgent`, `ip` or `network`, and what our own doors add.
        networks: Of scanners; None: none are known.

    Returns:
        Keys of MEANINGS, sorted.

    >>> event_reasons(kind="track", name="Email Opened", value=None, properties={},
    ...               context={"userAgent": "Mozilla/5.0"})
    ('apple_mpp',)
    """
    if kind not in FLAGGED_KINDS or name in NEVER or value:
        return ()
    found = {"robot_name"} if is_bot_like(context) else set()
    if name in OPENS or name in CLICKS:
        found |= _of_a_mail(properties, context, networks or NO_NETWORKS, is_open=name in OPENS)
    return tuple(sorted(found))


def _of_a_mail(
    properties: Mapping[str, Any], context: Mapping[str, Any], networks: Networks, *, is_open: bool
) -> set[str]:
    came_from = context.get("network") or context.get("ip")
    found = {
        "bare_name": context.get("userAgent") == BARE_NAME and not is_open,
        "apple_mpp": is_open
        and (context.get("userAgent") == BARE_NAME or networks.is_apple_relay(came_from)),
        "tool_says_so": any(_says_so(properties, name) for name in TOOLS_SAY if name in properties),
        "head_request": context.get("method") == "HEAD",
        "scanner_network": networks.is_scanner(came_from),
        "decoy_link": properties.get("isDecoy") is True,
    }
    # Apple's own word for its proxy is clearer than the tool's for some machine.
    if _says_so(properties, "Apple Privacy Open"):
        found["apple_mpp"] = True
    return {reason for reason, holds in found.items() if holds}


def _says_so(properties: Mapping[str, Any], name: str) -> bool:
    said = properties.get(name)
    if isinstance(said, str):
        return said.strip().lower() not in FOR_A_PERSON
    return said is True or (isinstance(said, int) and said == 1)
