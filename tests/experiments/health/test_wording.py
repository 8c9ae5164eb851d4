from datetime import date

from experiments.health.wording import count, day_text, join_names, percent, segment_text


def test_numbers_and_names_read_as_one_says_them():
    assert join_names(["A", "B"]) == "A and B"
    assert percent(1.0) == "100 %"
    assert percent(0.999) == "99.9 %"
    assert count(2, "day") == "2 days"
    assert day_text(date(2025, 12, 24)) == "24 December"
    assert segment_text("") == "everyone else"
