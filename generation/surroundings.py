"""What the guardrails know of the company: read from the settings, once."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from generation.guardrails import Surroundings
from generation.guardrails.lingua_detector import detect_with_lingua


def company_surroundings() -> Surroundings:
    """The company's domains, sender, country and footer, for every check of its copy."""
    return _from_settings(
        tuple(settings.LINK_DOMAINS),
        settings.SMS_SENDER,
        settings.COMPANY_COUNTRY,
        settings.COMPANY_ADDRESS,
        settings.EMAIL_FOOTER,
        settings.LANGUAGE_DETECTOR,
    )


@lru_cache(maxsize=8)
def _from_settings(
    domains: tuple[str, ...], sender: str, country: str, address: str, footer: str, detector: str
) -> Surroundings:
    return Surroundings(
        domains=frozenset(domain.strip().lower() for domain in domains if domain.strip()),
        sender=sender,
        country=country,
        postal_address=address,
        has_footer_from_tool=footer != "copy",
        detect_language=detect_with_lingua if detector == "lingua" else None,
    )
