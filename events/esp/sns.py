"""Amazon SNS's signatures: that a message comes from SNS, and from a topic of ours.

After Amazon's “Verifying the signatures of Amazon SNS messages”. A signature alone says little:
everybody may make a topic, and SNS signs what is sent to it. The API key of the webhook's address,
and `AMAZON_SNS_TOPICS`, say whose topic it is.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from core.errors import InputRefused
from core.fetching import Limits, fetch

HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
HASHES: Mapping[str, type[hashes.HashAlgorithm]] = {
    "1": hashes.SHA1,
    "2": hashes.SHA256,
}
CERTIFICATE_LIMITS = Limits(bytes=64 * 1024, seconds=5.0)
KEPT_SECONDS = 24 * 3600.0
KEPT_MOST = 20

_certificates: dict[str, tuple[float, x509.Certificate]] = {}


class NotFromAmazon(InputRefused):
    """SNS did not sign this, or not for us."""


def check_message(message: Mapping[str, object], *, now: datetime, topics: list[str]) -> None:
    """Let a message pass that SNS has signed, of one of the topics where some are named.

    Raises:
        NotFromAmazon: It has not, or it is another's topic.
        FetchFailed: Amazon's certificate cannot be fetched just now.
    """
    if topics and message.get("TopicArn") not in topics:
        raise NotFromAmazon("this topic is not among AMAZON_SNS_TOPICS", field="TopicArn")
    algorithm = HASHES.get(str(message.get("SignatureVersion")))
    if algorithm is None:
        raise NotFromAmazon("SignatureVersion: 1 and 2 are known", field="SignatureVersion")
    try:
        signature = base64.b64decode(str(message.get("Signature")), validate=True)
    except (binascii.Error, ValueError):
        raise NotFromAmazon("Signature: it is not base64", field="Signature") from None
    certificate = certificate_at(str(message.get("SigningCertURL")))
    key = certificate.public_key()
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise NotFromAmazon("the certificate does not hold today", field="SigningCertURL")
    if not isinstance(key, rsa.RSAPublicKey):
        raise NotFromAmazon("the certificate has no RSA key", field="SigningCertURL")
    try:
        key.verify(signature, signed_text(message), padding.PKCS1v15(), algorithm())
    except InvalidSignature:
        raise NotFromAmazon("SNS has not signed this", field="Signature") from None


def signed_text(message: Mapping[str, object]) -> bytes:
    """What the signature is over: names and values, a line each, of the fields that are there.

    >>> signed_text({"Type": "Notification", "Message": "hi", "TopicArn": "arn", "Other": "x"})
    b'Message\\nhi\\nTopicArn\\narn\\nType\\nNotification\\n'
    """
    fields = NOTIFICATION if message.get("Type") == "Notification" else CONFIRMATION
    there = ((name, message[name]) for name in fields if message.get(name) is not None)
    return "".join(f"{name}\n{value}\n" for name, value in there).encode()


def is_amazons(url: str) -> bool:
    """Whether an address is SNS's own, over TLS.

    >>> is_amazons("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem")
    True
    >>> is_amazons("https://sns.eu-west-1.amazonaws.com.evil.example/a.pem")
    False
    >>> is_amazons("https://evil.s3.amazonaws.com/a.pem"), is_amazons("http://sns.x-1.amazonaws.com/")
    (False, False)
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_plain = parts.scheme == "https" and port in (None, 443) and "@" not in parts.netloc
    return is_plain and HOST.fullmatch(parts.hostname or "") is not None


def signed_at(message: Mapping[str, object]) -> datetime:
    """When SNS signed it.

    Raises:
        ValueError: It does not say.
    """
    moment = datetime.fromisoformat(str(message.get("Timestamp")))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def certificate_at(url: str) -> x509.Certificate:
    """Amazon's certificate, kept in mind for a day.

    Raises:
        NotFromAmazon: The address is not Amazon's, or has no certificate.
        FetchFailed: It does not answer.
    """
    kept = _certificates.get(url)
    if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    if not is_amazons(url) or not urlsplit(url).path.endswith(".pem"):
        raise NotFromAmazon("SigningCertURL: it is not Amazon's", field="SigningCertURL")
    return certificate_keep(url, fetch(url, limits=CERTIFICATE_LIMITS).body)


def certificate_keep(url: str, pem: bytes) -> x509.Certificate:
    """Keep what the address answered, if it is a certificate.

    Raises:
        NotFromAmazon: It is none.
    """
    try:
        found = x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise NotFromAmazon(
            "SigningCertURL: there is no certificate", field="SigningCertURL"
        ) from None
    if len(_certificates) >= KEPT_MOST:
        _certificates.clear()
    _certificates[url] = (time.monotonic(), found)
    return found


def certificates_forget() -> None:
    _certificates.clear()
