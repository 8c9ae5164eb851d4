"""The commands that measure and fit, at their doors."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def test_a_folder_without_the_data_is_named(tmp_path, settings):
    settings.BASE_DIR = tmp_path

    with pytest.raises(CommandError, match=r"womens_clothing_reviews\.csv\.gz is missing"):
        call_command("eval_audience", train=tmp_path, only="audience")
    with pytest.raises(CommandError, match=r"womens_clothing_reviews\.csv\.gz is missing"):
        call_command("train_heads", data=tmp_path)


@pytest.mark.django_db
def test_a_shop_with_little_of_its_own_is_told_that_what_is_in_force_stays():
    said = StringIO()

    call_command("fit_heads", stdout=said)

    assert said.getvalue().count("too little of the shop's own") == 2
    assert "0 profiles are due" in said.getvalue()
