import numpy as np
import pytest

from campaigns.strategy import Action
from core.errors import InputRefused


def test_profit_is_margin_less_discount_less_the_message():
    """Full price 100, cost of goods 60: at 20 % off, 80 come in and 20 are left."""
    action = Action(key="a", name="20 % off", margin=0.4, discount=0.2, contact_cost=1.0)
    assert action.profit(np.array([80.0, 0.0])) == pytest.approx([19.0, -1.0])
    assert action.cost(np.array([80.0, 0.0])) == pytest.approx([21.0, 1.0])


def test_who_would_have_bought_anyway_costs_the_discount():
    nothing = Action(key="c", name="Nothing", margin=0.4)
    action = Action(key="a", name="20 % off", margin=0.4, discount=0.2)
    assert action.profit(np.array([80.0])) - nothing.profit(np.array([100.0])) == pytest.approx(-20)


@pytest.mark.parametrize("discount", [0.05, 0.1, 0.2])
def test_a_discount_down_to_the_least_margin_is_allowed_and_no_further(discount):
    kept = Action(key="a", name="A", margin=0.4, discount=discount).kept
    Action(key="a", name="A", margin=0.4, discount=discount, least_margin=kept)
    with pytest.raises(InputRefused, match="Take a smaller discount"):
        Action(key="a", name="A", margin=0.4, discount=discount, least_margin=kept + 1e-6)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"margin": 0.0}, "margin"),
        ({"margin": 1.5}, "margin"),
        ({"discount": 1.0}, "discount"),
        ({"discount": -0.1}, "discount"),
        ({"contact_cost": -1.0}, "cost"),
        ({"discount": 0.5}, "discount"),
    ],
)
def test_what_no_shop_can_do_is_refused_by_its_field(changed, field):
    with pytest.raises(InputRefused) as refused:
        Action(**{"key": "a", "name": "A", "margin": 0.4, **changed})
    assert refused.value.field == field
