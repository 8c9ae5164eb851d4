"""Real reviews from end to end: what comes out must make sense to a person."""

import csv
import gzip
from itertools import islice

import pytest

from audience.models import Contact, Profile, Segment, Text
from audience.phrases import phrases
from audience.selectors import segment_members
from audience.sensitive import is_sensitive
from audience.services import audience_understand
from tests.factories.audience import NOON

REVIEWS = 600

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.realdata,
    pytest.mark.xdist_group("reviews"),
]


def load(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        rows = list(islice(csv.DictReader(handle), REVIEWS))
    contacts = Contact.objects.bulk_create(
        Contact(external_id=f"reviewer-{number}") for number in range(len(rows))
    )
    Text.objects.bulk_create(
        Text(
            external_id=f"review-{number}",
            contact=contact,
            title=row["Title"],
            body=row["Review Text"],
            rating=int(row["Rating"]),
            category=row["Class Name"],
            occurred_at=NOON,
        )
        for number, (row, contact) in enumerate(zip(rows, contacts, strict=True))
    )


@pytest.fixture
def segments(data_folder):
    load(data_folder / "womens_reviews" / "womens_clothing_reviews.csv.gz")
    done = audience_understand(now=NOON)
    assert done.texts.seen == REVIEWS
    assert done.profiles == done.texts.read > REVIEWS * 0.9
    return list(Segment.objects.all())


def phrases_written_in(segment):
    written = Text.objects.filter(contact__in=segment_members(segment), status="read")
    return {one for body in written.values_list("clean_body", flat=True) for one in phrases(body)}


def test_reviews_become_segments_whose_portraits_say_what_their_people_wrote(segments):
    assert len(segments) >= 4
    assert len({segment.name for segment in segments}) == len(segments)
    assert sum(segment.size for segment in segments) == Profile.objects.count()
    for segment in segments:
        assert "far more often than others do. " in segment.portrait
        assert not is_sensitive(f"{segment.name} {segment.portrait}")
        assert segment.traits["phrases"]
        assert set(segment.traits["phrases"]) <= phrases_written_in(segment)
    leading = {max(shares, key=shares.get) for shares in map(categories, segments)}
    assert "Dresses" in leading
    assert leading & {"Jeans", "Pants"}


def categories(segment):
    return segment.traits["categories"]
