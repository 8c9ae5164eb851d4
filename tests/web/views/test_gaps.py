"""The page “write this next”: what it shows, and what its buttons do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from assistant.services import gap_searches_run
from inference.encoders import ScriptedEncoder
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def base():
    return make.knowledge_base(name="Help centre")


@pytest.fixture
def gap(base, client, owner):
    client.force_login(owner)
    make.asked(
        base,
        "Do you <b>wrap</b> gifts?",
        at=timezone.now() - timedelta(days=2),
        encoder=ScriptedEncoder(),
    )
    client.post(reverse("web:gaps_search", args=[base.pk]))
    gap_searches_run(now=timezone.now())
    return base.gaps.get()


def test_a_gap_stands_with_its_example_and_how_many_asked(client, base, gap):
    page = client.get(reverse("web:gaps", args=[base.pk])).content.decode()
    assert "Do you &lt;b&gt;wrap&lt;/b&gt; gifts?" in page
    assert "1 visitor, asked once, on" in page
    assert "Nothing known 1×" in page


def test_writing_an_answer_takes_the_gap_off_the_page(client, base, gap):
    client.post(
        reverse("web:gap_answer", args=[base.pk, gap.pk]),
        {"question": "Do you wrap gifts?", "answer": "Yes, for 2 euros."},
    )
    page = client.get(reverse("web:gaps", args=[base.pk])).content.decode()
    assert "Nothing is open" in page
    assert "An answer was written by olivia" in page
    assert base.documents.get().status == "ready"


def test_a_gap_that_is_an_intent_teaches_it_and_is_dealt_with(client, base, gap, owner):
    wrapping = base.intents.create(name="Gift wrapping", examples="gift wrap")
    address = reverse("web:gap_meant", args=[base.pk, gap.pk])
    page = client.post(address, {"intent": "x"}, follow=True).content.decode()
    assert "choose what it was" in page
    client.post(address, {"intent": wrapping.pk})
    [learnt] = wrapping.learnt_examples.all()
    assert (learnt.text, learnt.how, learnt.decided_by) == (
        "Do you <b>wrap</b> gifts?",
        "staff",
        owner,
    )
    page = client.get(reverse("web:gaps", args=[base.pk])).content.decode()
    assert "An intent was taught it by olivia" in page
    client.post(reverse("web:gaps_search", args=[base.pk]))
    gap_searches_run(now=timezone.now())
    assert [one.status for one in base.gaps.all()] == ["meant"]


def test_dismissing_and_taking_it_back(client, base, gap):
    client.post(reverse("web:gap_dismiss", args=[base.pk, gap.pk]))
    assert "Open it again" in client.get(reverse("web:gaps", args=[base.pk])).content.decode()
    client.post(reverse("web:gap_reopen", args=[base.pk, gap.pk]))
    gap.refresh_from_db()
    assert gap.status == "open"


def test_who_may_only_look_sees_no_buttons_and_can_press_none(client, base, gap, stranger):
    stranger.user_permissions.add(Permission.objects.get(codename="view_gap"))
    client.force_login(stranger)
    page = client.get(reverse("web:gaps", args=[base.pk])).content.decode()
    assert "Not for us" not in page
    assert "Write an answer" not in page
    answer = client.post(reverse("web:gap_dismiss", args=[base.pk, gap.pk]))
    assert answer.status_code == 403


def test_a_gap_of_another_base_is_not_found(client, gap):
    other = make.knowledge_base()
    assert client.post(reverse("web:gap_dismiss", args=[other.pk, gap.pk])).status_code == 404
