"""Intents in the admin: suggested, written, learnt, and put live by a person."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assistant.models import Intent, IntentFit
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, django_user_model):
    person = django_user_model.objects.create_superuser("root", password="x")
    client.force_login(person)
    client.person = person
    return client


@pytest.fixture
def base():
    return make.knowledge_base()


def act(client, name, key):
    """The dialog's form is sent, and the page loaded that it leads to."""
    sent = client.post(reverse(f"admin:assistant_{name}", args=[key]), {"_form_submitted": "on"})
    return client.get(sent.headers["HX-Redirect"])


def test_suggested_intents_come_with_one_click_and_are_learnt_with_another(admin, base):
    page = act(admin, "knowledgebase_suggest_intents", base.pk)
    assert "Added: Greeting, Thanks" in page.content.decode()
    page = act(admin, "knowledgebase_fit_intents", base.pk).content.decode()
    assert "Learnt from 50 examples. It is live." in page
    fit = IntentFit.objects.get()
    assert (fit.fitted_by, fit.is_live) == (admin.person, True)


def test_looking_at_the_dialog_does_nothing(admin, base):
    admin.get(reverse("admin:assistant_knowledgebase_suggest_intents", args=[base.pk]))
    assert not Intent.objects.exists()


def test_with_too_few_examples_the_button_says_what_is_missing(admin, base):
    page = act(admin, "knowledgebase_fit_intents", base.pk).content.decode()
    assert "too few examples" in page
    assert not IntentFit.objects.exists()


def test_a_person_switches_to_another_head(admin, base):
    act(admin, "knowledgebase_suggest_intents", base.pk)
    for _ in range(2):
        act(admin, "knowledgebase_fit_intents", base.pk)
    newer, older = IntentFit.objects.order_by("-pk")
    page = act(admin, "intentfit_put_live", older.pk).content.decode()
    assert "From now on this head" in page
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.is_live, newer.is_live) == (True, False)


def write(client, base, **given):
    body = {
        "base": base.pk,
        "name": "Thanks",
        "examples": "thanks\nthank you\nmany thanks",
        "action": "reply",
        "reply": "You are welcome.",
        "is_active": "on",
        **given,
    }
    return client.post(reverse("admin:assistant_intent_add"), body)


def test_an_intent_is_written_with_its_examples(admin, base):
    assert (
        write(admin, base, examples="thanks\n\n  thank   you\nthanks\nmany thanks").status_code
        == 302
    )
    assert Intent.objects.get().examples == "thanks\nthank you\nmany thanks"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"examples": "thanks\nthanks"}, "Write 3 different ones"),
        ({"reply": " "}, "Write what is to be said"),
        ({"examples": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_cannot_be_learnt_is_refused_by_name(admin, base, given, said):
    page = write(admin, base, **given)
    assert said in page.content.decode()
    assert not Intent.objects.exists()


def test_a_pattern_that_is_none_is_refused(admin, base):
    body = {
        "name": "Help", "key": "help", "language": "english", "order_pattern": "(",
        "lexical_weight": 0.1, "lexical_weight_pages": 0.5, "refusal_threshold": 0.4,
        "questions-TOTAL_FORMS": 0, "questions-INITIAL_FORMS": 0,
    }  # fmt: skip
    page = admin.post(reverse("admin:assistant_knowledgebase_change", args=[base.pk]), body)
    assert "no regular expression" in page.content.decode()
