"""A shop on its first day: no contact, no event, no product, no experiment."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from campaigns.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def first_day(client, owner):
    client.force_login(owner)
    return client


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("groups", "No groups yet"),
        ("plans", "no finished experiment to learn from yet"),
        ("plan_new", "No finished experiment yet."),
        ("segment_examples", "Order Completed"),
        ("policies", "There is no knowledge base yet."),
    ],
)
def test_a_page_says_what_is_not_there_yet(first_day, page, said):
    answer = first_day.get(reverse(f"web:{page}"))
    assert answer.status_code == 200
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    "rule",
    [{"did": "Order Completed"}, {"attribute": "age", "gt": 1}, {"interest": "wool"}, {"group": 1}],
)
def test_a_rule_finds_nobody_and_is_told_that_there_is_nothing(first_day, rule):
    asked = {"rule": json.dumps(rule)}
    assert first_day.post(reverse("web:segment_count"), asked).json() == {"count": 0}
    look = first_day.post(reverse("web:segment_look"), asked).content.decode()
    assert "There are none yet." in look


def test_a_plan_needs_an_experiment(first_day):
    answer = first_day.post(reverse("web:plan_new"), {"name": "Summer"})
    assert answer.status_code == 200
    assert not Plan.objects.exists()
