"""Intents in the admin: suggested, written, learnt, and put live by a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assistant.models import Intent, IntentFit, LearntExample
from assistant.services import intents
from assistant.services.intents import intents_fit_due, intents_fit_request, intents_suggest
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
    fit = IntentFit.objects.get()
    assert (fit.fitted_by, fit.status, fit.is_live) == (admin.person, "waiting", False)
    assert "A worker is learning" in page
    assert f'data-working="{progress_of(fit)}"' in page
    assert admin.get(progress_of(fit)).json() == {"is_working": True, "stage": "Waiting", "done": 0}

    intents_fit_due(now=timezone.now())
    fit.refresh_from_db()
    assert (fit.status, fit.example_count, fit.is_live) == ("done", 50, True)
    assert admin.get(progress_of(fit)).json()["is_working"] is False
    page = admin.get(reverse("admin:assistant_intentfit_change", args=[fit.pk])).content.decode()
    assert "data-working" not in page


def test_who_asks_twice_is_told_to_wait(admin, base):
    act(admin, "knowledgebase_suggest_intents", base.pk)
    act(admin, "knowledgebase_fit_intents", base.pk)
    page = act(admin, "knowledgebase_fit_intents", base.pk).content.decode()
    assert "the intents are being learnt already" in page
    assert IntentFit.objects.count() == 1


def test_a_fit_that_fails_says_why(admin, base):
    act(admin, "knowledgebase_suggest_intents", base.pk)
    act(admin, "knowledgebase_fit_intents", base.pk)
    base.intents.all().delete()
    intents_fit_due(now=timezone.now())
    fit = IntentFit.objects.get()
    assert (fit.status, fit.is_live) == ("failed", False)
    page = admin.get(reverse("admin:assistant_intentfit_change", args=[fit.pk])).content.decode()
    assert "failed: “Help” has too few examples by now" in page


def test_the_fit_of_a_dead_worker_is_begun_again(base):
    intents_suggest(base, actor=None)
    now = timezone.now()
    fit = intents_fit_request(base, actor=None, now=now)
    IntentFit.objects.filter(pk=fit.pk).update(status="running", claimed_at=now)
    assert intents_fit_due(now=now + timedelta(minutes=9)) == 0
    assert intents_fit_due(now=now + timedelta(minutes=11)) == 1
    assert IntentFit.objects.get().is_live


def test_what_a_worker_taken_for_dead_brings_late_is_not_kept(base, monkeypatch):
    intents_suggest(base, actor=None)
    later = timezone.now() + timedelta(minutes=11)

    def another_has_it(learnt):
        IntentFit.objects.update(claimed_at=later)
        return 1.0

    monkeypatch.setattr(intents, "cross_validated", another_has_it)
    intents_fit_due(now=timezone.now())
    fit = IntentFit.objects.get()
    assert (fit.status, fit.is_live, bytes(fit.weights)) == ("running", False, b"")


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
        intents_fit_due(now=timezone.now())
    newer, older = IntentFit.objects.order_by("-pk")
    page = act(admin, "intentfit_put_live", older.pk).content.decode()
    assert "From now on this head" in page
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.is_live, newer.is_live) == (True, False)


def test_what_came_of_conversations_is_removed_or_adopted_on_the_intents_page(admin, base):
    intents_suggest(base, actor=None)
    thanks = base.intents.get(name="Thanks")
    rows = [
        make.heard(base, text, thanks, at=timezone.now(), how=how)
        for text, how in (("ta, mate", "helped"), ("<i>cheerio</i>", "chosen"), ("no", "not_it"))
    ]
    address = reverse("admin:assistant_intent_change", args=[thanks.pk])
    page = admin.get(address).content.decode()
    assert "ta, mate" in page
    assert "&lt;i&gt;cheerio" in page
    answer = admin.post(address, form_of(thanks, rows, ["adopted", "removed", "learnt"]))
    assert answer.status_code == 302
    thanks.refresh_from_db()
    assert thanks.examples.splitlines()[-1] == "ta, mate"
    assert [LearntExample.objects.get(pk=row.pk).state for row in rows] == [
        "adopted",
        "removed",
        "learnt",
    ]
    page = admin.post(address, form_of(thanks, rows, ["adopted", "removed", "adopted"]))
    assert "it can be removed only" in page.content.decode()


def form_of(intent, rows, states):
    """The page as a browser sends it, each example with the state that was chosen."""
    body = {
        "base": intent.base_id, "name": intent.name, "examples": intent.examples,
        "action": intent.action, "reply": intent.reply, "is_active": "on",
        "learnt_examples-TOTAL_FORMS": len(rows), "learnt_examples-INITIAL_FORMS": len(rows),
    }  # fmt: skip
    shown = sorted(zip(rows, states, strict=True), key=lambda one: -one[0].pk)
    for place, (row, state) in enumerate(shown):
        body |= {f"learnt_examples-{place}-id": row.pk, f"learnt_examples-{place}-state": state}
        body[f"learnt_examples-{place}-intent"] = intent.pk
    return body


def progress_of(fit):
    return reverse("admin:assistant_intentfit_progress", args=[fit.pk])


def write(client, base, **given):
    body = {
        "base": base.pk,
        "name": "Thanks",
        "examples": "thanks\nthank you\nmany thanks",
        "action": "reply",
        "reply": "You are welcome.",
        "is_active": "on",
        "learnt_examples-TOTAL_FORMS": 0,
        "learnt_examples-INITIAL_FORMS": 0,
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
