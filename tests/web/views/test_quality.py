"""The page of a base's quality: runs, their trend, and rankings before and after."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from assistant.models import EvalQuestion, RankerFit
from inference.encoders import text_encoder
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(client, owner):
    client.force_login(owner)
    base = make.knowledge_base(name="Help centre")
    make.read(base, {"faq.csv": make.SHIPPING}, now=timezone.now(), encoder=text_encoder())
    return base


def page_of(client, base):
    return client.get(reverse("web:quality", args=[base.pk])).content.decode()


def judge(client, base):
    return client.post(reverse("web:quality_now", args=[base.pk]), follow=True).content.decode()


def test_before_there_are_questions_it_says_what_to_do(client, base):
    assert "Write questions with the documents that answer them" in page_of(client, base)
    assert "no questions with their documents" in judge(client, base)


def test_two_runs_are_a_trend(client, base):
    document = base.documents.get()
    EvalQuestion.objects.create(base=base, question="Ship to Norway?", document=document)
    assert "<svg" not in judge(client, base)
    page = judge(client, base)
    assert "<svg" in page
    assert "1.000" in page


def test_a_ranking_stands_with_before_and_after(client, base):
    fit = RankerFit.objects.create(
        base=base,
        weights={},
        memory=b"",
        question_count=90,
        kept_count=27,
        before=0.612,
        after=0.734,
        verdict="better on the answers kept aside: live",
    )
    base.ranker = fit
    base.save()
    page = page_of(client, base)
    assert page.index("0.612") < page.index("0.734") < page.index("kept aside: live")
    assert "cl-mark-good" in page
