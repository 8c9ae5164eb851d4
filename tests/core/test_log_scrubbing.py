import pytest

from core.api_keys import api_key_create
from core.log_scrubbing import hide_keys
from core.sealing import seal


@pytest.mark.django_db
def test_a_key_at_the_end_of_an_address_is_not_logged():
    _, secret = api_key_create("tool", ["events"])
    said = hide_keys(None, "info", {"request": f"POST /v1/esp/brevo/{secret}", "code": 200})
    assert said == {"request": "POST /v1/esp/brevo/ck_live_…", "code": 200}


def test_tokens_of_mails_are_not_logged():
    said = hide_keys(None, "info", {"event": f"Not Found: /u/{seal('a', 'b')}"})
    assert said["event"] == "Not Found: /u/…"


def test_the_settings_put_it_before_every_line():
    from config import settings

    chain = settings.LOGGING["formatters"]["json"]["foreign_pre_chain"]
    assert hide_keys in chain
