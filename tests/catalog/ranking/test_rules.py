from decimal import Decimal

import pytest

from catalog.ranking.rules import Candidate, Rules, choose


def items(found):
    return [each.item for each in found]


def test_what_is_sold_out_is_left_out():
    found = [Candidate(1, 0.9, in_stock=False), Candidate(2, 0.8)]
    assert items(choose(found, Rules(), k=2)) == [2]


@pytest.mark.parametrize(
    ("margin", "is_shown"), [(Decimal("0.2"), True), (Decimal("0.19"), False), (None, False)]
)
def test_too_little_margin_is_left_out_and_an_unknown_one_too(margin, is_shown):
    found = [Candidate(1, 0.9, margin=margin)]
    assert bool(choose(found, Rules(least_margin=Decimal("0.2")), k=1)) is is_shown


def test_without_a_floor_margins_are_not_asked():
    assert items(choose([Candidate(1, 0.9)], Rules(), k=1)) == [1]


def test_what_is_owned_is_left_out_and_its_variants_too():
    found = [Candidate(1, 0.9, group="g"), Candidate(2, 0.8, group="g"), Candidate(3, 0.7)]
    assert items(choose(found, Rules(), k=3, owned=[1], owned_groups=["g"])) == [3]


def test_one_variant_of_a_product_is_enough():
    found = [Candidate(1, 0.9, group="g"), Candidate(2, 0.8, group="g"), Candidate(3, 0.7)]
    assert items(choose(found, Rules(), k=3)) == [1, 3]


def test_a_sold_out_variant_makes_room_for_the_next():
    found = [Candidate(1, 0.9, group="g", in_stock=False), Candidate(2, 0.8, group="g")]
    assert items(choose(found, Rules(), k=1)) == [2]


def test_brands_and_categories_can_be_kept_out():
    found = [Candidate(1, 0.9, brand="X"), Candidate(2, 0.8, category="C"), Candidate(3, 0.7)]
    rules = Rules(excluded_brands=frozenset({"X"}), excluded_categories=frozenset({"C"}))
    assert items(choose(found, rules, k=3)) == [3]


def test_no_more_of_a_category_than_asked_while_there_is_another():
    found = [Candidate(n, 1 - n / 10, category="a") for n in range(5)]
    found.append(Candidate(9, 0.1, category="b"))
    assert items(choose(found, Rules(most_of_a_category=2), k=3)) == [0, 1, 9]
    assert items(choose(found, Rules(most_of_a_category=2), k=5)) == [0, 1, 9, 2, 3]
    assert items(choose(found, Rules(most_of_a_category=None), k=3)) == [0, 1, 2]


def test_items_without_a_category_are_not_one_kind():
    found = [Candidate(n, 1 - n / 10) for n in range(5)]
    assert items(choose(found, Rules(most_of_a_category=1), k=4)) == [0, 1, 2, 3]
