"""What anymail does not normalise, read from each tool's raw event. Pure.

Every function takes a tool's key and the raw event as plain values, and answers for an event of an
unknown shape as for one that does not say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Raw = Mapping[str, Any]
# Bounces of these SparkPost classes will never succeed: invalid recipient, no such recipient.
SPARKPOST_PERMANENT = ("10", "30")


def plain(esp_event: object) -> Raw:
    """The raw event as a mapping: a form's fields have their last values."""
    if hasattr(esp_event, "dict"):
        return dict(esp_event.dict())
    return esp_event if isinstance(esp_event, Mapping) else {}


def at(event: object, *path: str) -> Any:
    """The value at a path, or None.

    >>> at({"bounce": {"type": "Permanent"}}, "bounce", "type")
    'Permanent'
    """
    for name in path:
        event = event.get(name) if isinstance(event, Mapping) else None
    return event


def is_permanent(esp: str, event: Raw) -> bool:
    """Whether a bounce is for good: the address does not exist, and never will."""
    judge = _PERMANENT.get(esp)
    return bool(judge and judge(event))


_PERMANENT: Mapping[str, Callable[[Raw], bool]] = {
    "amazon_ses": lambda event: at(event, "bounce", "bounceType") == "Permanent",
    "brevo": lambda event: event.get("event") in ("hard_bounce", "invalid_email"),
    "mailersend": lambda event: at(event, "data", "type") == "hard_bounced",
    # Temporary failures are deferrals; the older form knows none.
    "mailgun": lambda event: (
        at(event, "event-data", "severity") == "permanent" or event.get("event") == "bounced"
    ),
    "mailjet": lambda event: event.get("hard_bounce") is True,
    "mailtrap": lambda event: event.get("event") == "bounce",
    "mandrill": lambda event: event.get("event") == "hard_bounce",
    "postal": lambda event: (
        at(event, "payload", "status") == "HardFail" or at(event, "payload", "bounce") is not None
    ),
    "postmark": lambda event: event.get("Type") in ("HardBounce", "BadEmailAddress"),
    "resend": lambda event: at(event, "data", "bounce", "type") == "Permanent",
    "sendgrid": lambda event: event.get("event") == "bounce" and event.get("type") != "blocked",
    "sparkpost": lambda event: str(_sparkpost(event).get("bounce_class")) in SPARKPOST_PERMANENT,
    "unisender_go": lambda event: event.get("status") == "hard_bounced",
}


def visitor_address(esp: str, event: Raw) -> str:
    """The address an open or click came from, where the tool says it."""
    paths: Mapping[str, tuple[tuple[str, ...], ...]] = {
        "amazon_ses": (("open", "ipAddress"), ("click", "ipAddress")),
        "mailersend": (("data", "morph", "ip"),),
        "mailgun": (("event-data", "ip"), ("ip",)),
        "mailjet": (("ip",),),
        "mailtrap": (("ip",),),
        "mandrill": (("ip",),),
        "postal": (("payload", "ip_address"),),
        "postmark": (("Geo", "IP"),),
        "resend": (("data", "click", "ipAddress"), ("data", "open", "ipAddress")),
        "sendgrid": (("ip",),),
        "unisender_go": (("delivery_info", "ip"),),
    }
    if esp == "sparkpost":
        return _word(_sparkpost(event).get("ip_address"))
    return _word(next((v for path in paths.get(esp, ()) if (v := at(event, *path))), ""))


def visitor_agent(esp: str, event: Raw) -> str:
    """The program's name where anymail leaves it out."""
    if esp == "brevo":
        return _word(event.get("user_agent"))
    return _word(at(event, "data", "open", "userAgent")) if esp == "resend" else ""


def machine_word(esp: str, event: Raw, metadata: Mapping[str, Any]) -> str:
    """The tool's own word for an open or click that no person did; empty for a person's."""
    if esp == "sendgrid" and (event.get("sg_machine_open") or metadata.get("sg_machine_open")):
        return "sg_machine_open"
    if esp == "brevo" and event.get("event") in ("proxy_open", "unique_proxy_open"):
        return "proxy_open"
    if esp == "sparkpost" and _sparkpost(event).get("is_prefetched") is True:
        return "is_prefetched"
    return _word(at(event, "event-data", "client-info", "bot")) if esp == "mailgun" else ""


def is_anybodys(esp: str, event: Raw) -> bool:
    """Whether an open or click may be that of any of several recipients: nobody's, then."""
    paths = {"amazon_ses": ("mail", "destination"), "resend": ("data", "to")}
    recipients = at(event, *paths[esp]) if esp in paths else None
    return isinstance(recipients, list) and len(recipients) > 1


def identity(esp: str, event: Raw) -> str:
    """A tool's own id of an event, where it is a better one than anymail's.

    Mailgun signs each attempt anew, so the signature's token tells two attempts apart and not two
    events; the event's id is unique within a day.
    """
    found = at(event, "event-data", "id") if esp == "mailgun" else None
    if isinstance(found, str) and found:
        return f"{found}@{at(event, 'event-data', 'timestamp')}"
    return ""


def _sparkpost(event: Raw) -> Raw:
    inner = at(event, "msys")
    found: object = next(iter(inner.values()), None) if isinstance(inner, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
