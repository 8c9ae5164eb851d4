"""The demonstration's people are made up, and its ledger says that they agreed."""

from __future__ import annotations

import numpy as np
import pytest
from django.core.management import call_command

from audience.models import Contact
from privacy.selectors import agreeing
from tests.factories.audience import NOON
from web.demo import shop
from web.demo.story import CONSENT


@pytest.mark.django_db
def test_everybody_in_the_demonstration_may_be_profiled_and_mailed(tmp_path, settings):
    settings.CONSENT_REQUIRED = ["profiling", "email"]
    files = shop.write_files(tmp_path, now=NOON, rng=np.random.default_rng(1))

    call_command("import_contacts", str(files["contacts"]), *CONSENT["contacts"], "--quiet")

    people = Contact.objects.all()
    assert people.count() == shop.CONTACTS
    assert not people.exclude(agreeing("profiling")).exists()
    assert not people.exclude(agreeing("email")).exists()
