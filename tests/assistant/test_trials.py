"""StackFAQ through the product's own finding."""

from __future__ import annotations

import pytest
from django.utils import timezone

from assistant.models import Chunk, Intent, KnowledgeBase
from assistant.services.intent_trials import clinc_section
from assistant.services.trials import stackfaq_sections

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]


@pytest.mark.xdist_group("stackfaq")
def test_words_and_meaning_together_find_what_people_ask_in_their_own_words(data_folder):
    finding, knowing = stackfaq_sections(data_folder, now=timezone.now())
    found = {figure.name: figure for figure in finding.figures}
    assert found["MAP, both, tuned on other questions"].is_met
    assert found["MAP, meaning"].value > found["MAP, words"].value > 0.6
    knows = {figure.name: figure for figure in knowing.figures}
    for way in ("weights in use", "fitted on others"):
        assert knows[f"wrong ones answered, {way}"].is_met
        assert knows[f"right ones answered, {way}"].value > 0.8
        assert knows[f"AUROC, {way}"].value > knows["AUROC, similarity alone"].value
    assert not KnowledgeBase.objects.exists()
    assert not Chunk.objects.exists()


@pytest.mark.xdist_group("clinc")
def test_intents_are_named_and_what_is_none_is_refused(data_folder):
    section = clinc_section(data_folder)
    found = {figure.name: figure for figure in section.figures}
    assert found["accuracy"].value > 0.93
    assert found["AUROC, in or out of scope"].is_met
    assert found["out-of-scope recall at 5 % false refusals"].is_met
    assert not Intent.objects.exists()
