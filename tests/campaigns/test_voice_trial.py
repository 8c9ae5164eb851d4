from __future__ import annotations

import itertools

import pytest

from campaigns.models import BrandVoice
from campaigns.voice_trial import voice_trial
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


def test_three_texts_are_written_at_once_for_a_voice_nobody_saved():
    trial = voice_trial(BrandVoice(brand_name="Fern"), make.template(), "curiosity", seed=1)
    assert (len(trial.copies), trial.generator, trial.shortfall) == (3, "composer", "")


def test_after_its_time_no_other_text_is_begun():
    ticks = itertools.count(0, 5)
    trial = voice_trial(
        BrandVoice(brand_name="Fern"), make.template(), "curiosity", seed=1, seconds=8,
        clock=lambda: next(ticks),
    )  # fmt: skip
    assert len(trial.copies) < 3
    assert trial.shortfall == "It took longer than 8 seconds."


@pytest.mark.parametrize("spec", ["transformers:some/large-model", "house"])
def test_a_model_for_workers_is_not_loaded_by_the_page(settings, spec):
    settings.GENERATOR = spec
    trial = voice_trial(BrandVoice(brand_name="Fern"), make.template(), "curiosity", seed=1)
    assert trial.generator == "composer"
