"""From candidates to the diverse best, with their reasons kept."""

import pytest

from generation.briefs import Copy
from generation.models import Draft
from generation.services import job_work
from generation.services.ranking import best_copies, first_seen, provenance, score_copies
from tests.factories.generation import job

COPIES = [Copy(text, "", "Body", "Go") for text in ("Is it wool?", "See her new coat", "Wool")]


def test_a_score_is_the_same_whoever_the_rivals_are():
    together = [score.value for score in score_copies(COPIES)]
    assert together == [score_copies([copy])[0].value for copy in COPIES]


def test_the_subject_is_what_is_scored():
    assert first_seen(COPIES[0]) == "Is it wool?"


def test_the_best_score_leads():
    best = best_copies(COPIES, wanted=2)
    assert best[0][1].value == max(score.value for score in score_copies(COPIES))


def test_without_the_encoder_the_provenance_says_so():
    assert provenance(score_copies(COPIES)[0])["with_encoder"] is False


@pytest.mark.django_db
def test_drafts_keep_their_score_and_why():
    made = job(count=1, candidates=2)
    job_work(made.pk, worker="w")
    drafts = Draft.objects.filter(brief__job=made)
    assert len(drafts) == 2
    assert all(draft.score is not None for draft in drafts)
    assert all(draft.provenance["ranking"]["why"] for draft in drafts)
