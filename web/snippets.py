"""What to paste into an email tool."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.models import Campaign
from experiments.models import Experiment

CURL = """curl -X POST {address}/v1/decide \\
  -H "Authorization: Bearer $COPYLIFT_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{{"campaign": "{campaign}", "contact": "customer-123"{arm}}}'"""

CONNECTED_CONTENT = """{{% connected_content
   {address}/v1/decide?campaign={campaign}&contact={{{{${{user_id}} | url_encode}}}}{arm}
   :headers {{"Authorization": "Bearer YOUR_KEY"}}
   :save copylift %}}
Subject:   {{{{copylift.content.subject}}}}
Preheader: {{{{copylift.content.preheader}}}}
Body:      {{{{copylift.content.body}}}}
Button:    {{{{copylift.content.call_to_action}}}}"""

EVENTS = """curl -X POST {address}/v1/batch \\
  -H "Authorization: Bearer $COPYLIFT_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{{"batch": [{{
        "type": "track", "messageId": "order-1001", "userId": "customer-123",
        "event": "{goal}", "timestamp": "2026-01-31T10:00:00Z",
        "properties": {{"revenue": 49.90, "currency": "EUR"}}}}]}}'"""


@dataclass(frozen=True)
class Snippet:
    key: str
    title: str
    words: str
    text: str


def snippets_for(address: str, campaign: Campaign) -> list[Snippet]:
    """Three: ask by HTTP, ask from Liquid, send what people did."""
    experiment = campaign.experiment
    is_external = bool(experiment and experiment.assignment == Experiment.Assignment.EXTERNAL)
    arm = ', "arm": "control"' if is_external else ""
    return [
        Snippet(
            "curl",
            "Ask for a contact's copy",
            "At send time, once per contact. The answer is the same however often you ask.",
            CURL.format(address=address, campaign=campaign.key, arm=arm),
        ),
        Snippet(
            "liquid",
            "From a Liquid template (Braze connected content and the like)",
            "Paste it at the top of the message; then use the four values where you need them.",
            CONNECTED_CONTENT.format(
                address=address, campaign=campaign.key, arm="&arm=control" if is_external else ""
            ),
        ),
        Snippet(
            "events",
            "Tell us what people did",
            "The verdict rests on these events. Sending one twice does no harm: "
            "it is stored once per messageId.",
            EVENTS.format(address=address, goal=campaign.goal_event),
        ),
    ]
