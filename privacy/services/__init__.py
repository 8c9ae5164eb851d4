"""Writes of the privacy app."""

from privacy.services.callbacks import callback_secrets
from privacy.services.erasing import subject_erase
from privacy.services.permissions import (
    Statement,
    address_suppress,
    consent_record,
    consents_record,
    suppression_add,
    suppression_lift,
)
from privacy.services.requests import (
    exports_expire,
    request_cancel,
    request_receive,
    requests_work,
)

__all__ = [
    "Statement",
    "address_suppress",
    "callback_secrets",
    "consent_record",
    "consents_record",
    "exports_expire",
    "request_cancel",
    "request_receive",
    "requests_work",
    "subject_erase",
    "suppression_add",
    "suppression_lift",
]
