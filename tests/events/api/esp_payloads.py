"""What each email tool posts: in the shapes its webhook documentation gives, signed as it signs.

`post(tool, event)` gives the arguments of a test client's `generic`: body, content type, headers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from svix.webhooks import Webhook

from tests.events.api.esp_shapes import (
    ADDRESS,
    AGENT,
    LINK,
    amazon_ses,
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mailtrap,
    mandrill,
    postal,
    postmark,
    resend,
    sendgrid,
    sparkpost,
    unisender_go,
)

JSON = "application/json"

MAILGUN_KEY, MAILERSEND_KEY, MAILTRAP_KEY = "mailgun-key", "mailersend-key", "mailtrap-key"
MANDRILL_KEY, UNISENDER_KEY = "mandrill-key", "unisender-key"
RESEND_KEY = "whsec_" + base64.b64encode(b"r" * 32).decode()
SENDGRID_PRIVATE = ec.generate_private_key(ec.SECP256R1())
POSTAL_PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_text(private) -> str:
    der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()


KEYS = {
    "MAILGUN_WEBHOOK_SIGNING_KEY": [MAILGUN_KEY],
    "MAILERSEND_SIGNING_SECRET": [MAILERSEND_KEY],
    "MAILTRAP_TRACKING_SECRET": [MAILTRAP_KEY],
    "MANDRILL_WEBHOOK_KEY": [MANDRILL_KEY],
    "POSTAL_WEBHOOK_KEY": [public_text(POSTAL_PRIVATE)],
    "RESEND_SIGNING_SECRET": [RESEND_KEY],
    "SENDGRID_WEBHOOK_VERIFICATION_KEY": [public_text(SENDGRID_PRIVATE)],
    "UNISENDER_GO_API_KEY": [UNISENDER_KEY],
}


def _hex_hmac(key: str, body: bytes) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def _plain(event, _address):
    return json.dumps(event).encode(), JSON, {}


def _amazon_certificate(private) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(private, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


AMAZON_PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
AMAZON_CERTIFICATE = _amazon_certificate(AMAZON_PRIVATE)
AMAZON_ADDRESS = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem"
AMAZON_FIELDS = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip


def _amazon(event, _address, *, at=None, version="2", private=AMAZON_PRIVATE):
    moment = datetime.fromtimestamp(time.time() if at is None else at, UTC)
    event = {
        **event,
        "Timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": version,
        "SigningCertURL": AMAZON_ADDRESS,
    }
    named = [name for name in AMAZON_FIELDS[event["Type"]] if name in event]
    signed = "".join(f"{name}\n{event[name]}\n" for name in named).encode()
    algorithm = hashes.SHA1() if version == "1" else hashes.SHA256()
    signature = private.sign(signed, padding.PKCS1v15(), algorithm)
    event["Signature"] = base64.b64encode(signature).decode()
    headers = {
        "X-Amz-Sns-Message-Type": event["Type"],
        "X-Amz-Sns-Message-Id": event["MessageId"],
    }
    return json.dumps(event).encode(), "text/plain; charset=UTF-8", headers


def _mailgun(event, _address, *, at=None, token="t" * 50):
    stamp = str(int(time.time() if at is None else at))
    signature = _hex_hmac(MAILGUN_KEY, f"{stamp}{token}".encode())
    signed = {"signature": {"timestamp": stamp, "token": token, "signature": signature}, **event}
    return json.dumps(signed).encode(), JSON, {}


def _mailersend(event, _address):
    body = json.dumps(event).encode()
    return body, JSON, {"Signature": _hex_hmac(MAILERSEND_KEY, body)}


def _mailtrap(event, _address):
    body = json.dumps(event).encode()
    return body, JSON, {"Mailtrap-Signature": _hex_hmac(MAILTRAP_KEY, body)}


def _mandrill(event, address):
    fields = {"mandrill_events": json.dumps(event)}
    signed = address + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(MANDRILL_KEY.encode(), signed.encode(), hashlib.sha1).digest()
    headers = {"X-Mandrill-Signature": base64.b64encode(digest).decode()}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded", headers


def _postal(event, _address):
    body = json.dumps(event).encode()
    signature = POSTAL_PRIVATE.sign(body, padding.PKCS1v15(), hashes.SHA1())
    return body, JSON, {"X-Postal-Signature": base64.b64encode(signature).decode()}


def _resend(event, _address, *, at=None):
    body = json.dumps(event)
    moment = datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
    headers = {
        "svix-id": f"msg-{event['type']}",
        "svix-timestamp": str(int(moment.timestamp())),
        "svix-signature": Webhook(RESEND_KEY).sign(f"msg-{event['type']}", moment, body),
    }
    return body.encode(), JSON, headers


def _sendgrid(event, _address, *, at=None):
    body, stamp = json.dumps(event).encode(), str(int(time.time() if at is None else at))
    signature = SENDGRID_PRIVATE.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
    }
    return body, JSON, headers


def _unisender(event, _address):
    body = json.dumps(event)
    auth = hashlib.md5(body.replace("AUTH", UNISENDER_KEY).encode()).hexdigest()
    return body.replace("AUTH", auth).encode(), JSON, {}


SIGNERS: dict[str, Callable] = {
    "amazon_ses": _amazon,
    "mailersend": _mailersend,
    "mailgun": _mailgun,
    "mailtrap": _mailtrap,
    "mandrill": _mandrill,
    "postal": _postal,
    "resend": _resend,
    "sendgrid": _sendgrid,
    "unisender_go": _unisender,
}


def post(tool, event, address, **signing):
    return SIGNERS.get(tool, _plain)(event, address, **signing)


CLICKED = {
    "amazon_ses": amazon_ses("Click", link=LINK, userAgent=AGENT, ipAddress="203.0.113.7"),
    "brevo": brevo("click", link=LINK),
    "mailersend": mailersend("clicked", {"object": "click", "url": LINK, "ip": "203.0.113.7"}),
    "mailgun": mailgun(
        "clicked", url=LINK, ip="203.0.113.7", **{"client-info": {"user-agent": AGENT}}
    ),
    "mailjet": mailjet("click", url=LINK, ip="203.0.113.7", agent=AGENT),
    "mailtrap": mailtrap("click", url=LINK, ip="203.0.113.7", user_agent=AGENT),
    "mandrill": mandrill("click", url=LINK, ip="203.0.113.7", user_agent=AGENT),
    "postal": postal("MessageLinkClicked", url=LINK, ip_address="203.0.113.7", user_agent=AGENT),
    "postmark": postmark(
        "Click",
        Recipient=ADDRESS,
        OriginalLink=LINK,
        UserAgent=AGENT,
        Geo={"IP": "203.0.113.7"},
    ),
    "resend": resend(
        "clicked", click={"link": LINK, "userAgent": AGENT, "ipAddress": "203.0.113.7"}
    ),
    "sendgrid": sendgrid("click", url=LINK, useragent=AGENT, ip="203.0.113.7"),
    "sparkpost": sparkpost(
        "click",
        "track_event",
        target_link_url=LINK,
        user_agent=AGENT,
        ip_address="203.0.113.7",
    ),
    "unisender_go": unisender_go(
        "clicked", url=LINK, delivery_info={"user_agent": AGENT, "ip": "203.0.113.7"}
    ),
}

BOUNCED_FOR_GOOD = {
    "amazon_ses": amazon_ses(
        "Bounce",
        bounceType="Permanent",
        bounceSubType="General",
        bouncedRecipients=[{"emailAddress": ADDRESS, "diagnosticCode": f"550 <{ADDRESS}> unknown"}],
    ),
    "brevo": brevo("hard_bounce", reason=f"550 {ADDRESS} unknown"),
    "mailersend": mailersend(
        "hard_bounced", {"object": "recipient_bounce", "reason": "Host or domain name not found"}
    ),
    "mailgun": mailgun(
        "failed",
        severity="permanent",
        reason="bounce",
        **{"delivery-status": {"message": f"550 <{ADDRESS}> unknown", "code": 550}},
    ),
    "mailjet": mailjet("bounce", hard_bounce=True, blocked=False, error="user unknown"),
    "mailtrap": mailtrap("bounce", response=f"550 {ADDRESS} unknown", response_code=550),
    "mandrill": [
        mandrill("hard_bounce")[0]
        | {"msg": mandrill("x")[0]["msg"] | {"diag": f"550 {ADDRESS} unknown"}}
    ],
    "postal": postal("MessageBounced", bounce={"id": 9, "from_address": "mailer@x.example"}),
    "postmark": postmark(
        "Bounce", moment="BouncedAt", Type="HardBounce", Email=ADDRESS, ID=42, Details="unknown"
    ),
    "resend": resend(
        "bounced",
        bounce={"message": "sent a hard bounce message", "type": "Permanent", "subType": "General"},
    ),
    "sendgrid": sendgrid("bounce", type="bounce", reason=f"550 {ADDRESS} unknown", status="5.1.1"),
    "sparkpost": sparkpost("bounce", bounce_class="10", raw_reason=f"550 {ADDRESS} unknown"),
    "unisender_go": unisender_go(
        "hard_bounced", delivery_info={"delivery_status": "err_user_unknown"}
    ),
}

BOUNCED_FOR_NOW = {
    "amazon_ses": amazon_ses(
        "Bounce",
        bounceType="Transient",
        bounceSubType="MailboxFull",
        bouncedRecipients=[{"emailAddress": ADDRESS}],
    ),
    "brevo": brevo("soft_bounce"),
    "mailersend": mailersend("soft_bounced", {"object": "recipient_bounce", "reason": "full"}),
    "mailgun": mailgun("failed", severity="temporary", reason="generic"),
    "mailjet": mailjet("bounce", hard_bounce=False, error="quota exceeded"),
    "mailtrap": mailtrap("soft bounce"),
    "mandrill": mandrill("soft_bounce"),
    "postal": postal("MessageDelayed", status="SoftFail"),
    "postmark": postmark("Bounce", moment="BouncedAt", Type="SoftBounce", Email=ADDRESS, ID=43),
    "resend": resend("bounced", bounce={"message": "a bounce message", "type": "Transient"}),
    "sendgrid": sendgrid("bounce", type="blocked", reason="421 try later"),
    "sparkpost": sparkpost("bounce", bounce_class="22"),
    "unisender_go": unisender_go("soft_bounced"),
}

COMPLAINED = {
    "amazon_ses": amazon_ses("Complaint", complainedRecipients=[{"emailAddress": ADDRESS}]),
    "brevo": brevo("spam"),
    "mailersend": mailersend("spam_complaint", {"object": "spam_complaint"}),
    "mailgun": mailgun("complained"),
    "mailjet": mailjet("spam", source="JMRPP"),
    "mailtrap": mailtrap("spam"),
    "mandrill": mandrill("spam"),
    "postmark": postmark("SpamComplaint", moment="BouncedAt", Type="SpamComplaint", Email=ADDRESS),
    "resend": resend("complained"),
    "sendgrid": sendgrid("spamreport"),
    "sparkpost": sparkpost("spam_complaint"),
    "unisender_go": unisender_go("spam"),
}

UNSUBSCRIBED = {
    "brevo": brevo("unsubscribe"),
    "mailersend": mailersend("unsubscribed", {"object": "recipient_unsubscribe"}),
    "mailgun": mailgun("unsubscribed"),
    "mailjet": mailjet("unsub"),
    "mailtrap": mailtrap("unsubscribe"),
    "mandrill": mandrill("unsub"),
    "postmark": postmark(
        "SubscriptionChange",
        moment="ChangedAt",
        Recipient=ADDRESS,
        SuppressSending=True,
        SuppressionReason="ManualSuppression",
    ),
    "sendgrid": sendgrid("group_unsubscribe", asm_group_id=10),
    "sparkpost": sparkpost("list_unsubscribe", "unsubscribe_event"),
    "unisender_go": unisender_go("unsubscribed"),
}
