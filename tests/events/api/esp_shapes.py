"""Events in the shapes that each email tool's webhook documentation gives."""

from __future__ import annotations

import json

ADDRESS = "Ann@shop.example"
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36"
)
LINK = "https://shop.example/sale?page=2"
META = {"contact": "u1", "campaign": "autumn", "delivery": "d1", "arm": "urgency"}
# 2026-11-23T12:00:00Z
AT = 1_795_435_200
ISO = "2026-11-23T12:00:00Z"


def amazon_ses(kind, **details):
    name = kind.lower()
    message = {
        "eventType": kind,
        "mail": {
            "timestamp": ISO,
            "messageId": "ses-1",
            "destination": [ADDRESS],
            "headers": [{"name": "X-Metadata", "value": json.dumps(META)}],
        },
        name: details,
    }
    return {
        "Type": "Notification",
        "MessageId": f"sns-{kind}",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:mails",
        "Message": json.dumps(message),
        "Timestamp": ISO,
    }


def brevo(kind, **details):
    return {
        "event": kind,
        "email": ADDRESS,
        "id": 7,
        "message-id": "<b1@smtp-relay.mailin.fr>",
        "ts_epoch": AT * 1000,
        "X-Mailin-custom": json.dumps(META),
        "tags": ["autumn"],
        **details,
    }


def mailersend(kind, morph=None):
    return {
        "type": f"activity.{kind}",
        "data": {
            "object": "activity",
            "id": f"act-{kind}",
            "type": kind,
            "created_at": "2026-11-23T12:00:00.000000Z",
            "email": {
                "object": "email",
                "tags": ["autumn"],
                "message": {"object": "message", "id": "ms-1"},
                "recipient": {"object": "recipient", "email": ADDRESS},
            },
            "morph": morph,
        },
    }


def mailgun(kind, **details):
    return {
        "event-data": {
            "event": kind,
            "id": f"mg-{kind}",
            "timestamp": float(AT),
            "recipient": ADDRESS,
            "message": {"headers": {"message-id": "mg1@mg.shop.example"}},
            "user-variables": META,
            "tags": ["autumn"],
            **details,
        }
    }


def mailjet(kind, **details):
    return {
        "event": kind,
        "time": AT,
        "MessageID": 19421777835146490,
        "email": ADDRESS,
        "Payload": json.dumps(META),
        "customcampaign": "autumn",
        **details,
    }


def mailtrap(kind, **details):
    return {
        "events": [
            {
                "event": kind,
                "timestamp": AT,
                "message_id": "mt-1",
                "event_id": f"mt-{kind}",
                "email": ADDRESS,
                "sending_stream": "bulk",
                "custom_variables": META,
                **details,
            }
        ]
    }


def mandrill(kind, **details):
    return [
        {
            "event": kind,
            "ts": AT,
            "_id": "md-1",
            "msg": {"_id": "md-1", "email": ADDRESS, "metadata": META, "tags": ["autumn"]},
            **details,
        }
    ]


def postal(kind, **payload):
    to = {"id": 7, "to": ADDRESS, "direction": "outgoing", "tag": "autumn"}
    named = {"original_message": to} if "bounce" in payload else {"message": to}
    return {"event": kind, "timestamp": float(AT), "uuid": f"po-{kind}", "payload": named | payload}


def postmark(kind, *, moment="ReceivedAt", **details):
    return {
        "RecordType": kind,
        "MessageID": "pm-1",
        "Metadata": META,
        "Tag": "autumn",
        moment: ISO,
        **details,
    }


def resend(kind, **details):
    return {
        "type": f"email.{kind}",
        "created_at": "2026-11-23T12:00:00.000Z",
        "data": {
            "created_at": "2026-11-23T11:59:00.000Z",
            "email_id": "re-1",
            "to": [ADDRESS],
            "headers": [{"name": "X-Metadata", "value": json.dumps(META)}],
            **details,
        },
    }


def sendgrid(kind, **details):
    return [
        {
            "email": ADDRESS,
            "timestamp": AT,
            "event": kind,
            "sg_event_id": f"sg-{kind}",
            "sg_message_id": "sg-1.filter",
            "smtp-id": "<sg-1@shop.example>",
            "category": ["autumn"],
            **META,
            **details,
        }
    ]


def sparkpost(kind, event_class="message_event", **details):
    event = {
        "type": kind,
        "timestamp": str(AT),
        "event_id": f"sp-{kind}",
        "transmission_id": "sp-1",
        "raw_rcpt_to": ADDRESS,
        "rcpt_meta": META,
        "campaign_id": "autumn",
        **details,
    }
    return [{"msys": {event_class: event}}]


def unisender_go(kind, **details):
    event = {
        "event_name": "transactional_email_status",
        "event_data": {
            "job_id": "ug-1",
            "email": ADDRESS,
            "status": kind,
            "event_time": "2026-11-23 12:00:00",
            "metadata": META,
            **details,
        },
    }
    return {"auth": "AUTH", "events_by_user": [{"user_id": 1, "events": [event]}]}
