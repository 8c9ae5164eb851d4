"""A segment's rule, put together from the conditions on offer, in a real browser."""

from __future__ import annotations

import json

import pytest

from tests.factories import audience as factory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def people(transactional_db):
    for number in range(12):
        region = "north" if number % 3 else "south"
        factory.contact(f"p-{number}", attributes={"region": region}, email="a@shop.example")


def test_conditions_are_put_together_and_counted(page):
    page.goto("/admin/audience/segment/add/")
    page.locator("summary", has_text="Conditions to insert").click()
    insert = page.get_by_role("button", name='Insert {"attribute": "region"')
    insert.click()
    page.get_by_text("12 contacts match this rule now.").wait_for()
    page.get_by_text("12 of 12 may be written to").wait_for()

    page.get_by_role("button", name='Insert {"share"').click()
    rule = json.loads(page.locator("#id_rule").input_value())
    assert [next(iter(one)) for one in rule["all"]] == ["attribute", "share"]

    page.locator("#id_rule").fill('{"attribute": "regoin", "is": "north"}')
    page.get_by_text("Did you mean “region”?").wait_for()


def test_into_what_is_no_json_yet_a_condition_goes_at_the_cursor(page):
    page.goto("/admin/audience/segment/add/")
    page.locator("#id_rule").fill('{"any": [')
    page.locator("summary", has_text="Conditions to insert").click()
    page.get_by_role("button", name='Insert {"everyone"').click()
    assert page.locator("#id_rule").input_value() == '{"any": [{"everyone": true}'
