import csv
import gzip

import pytest

from audience.evaluation import clusters
from core.errors import DomainError
from inference.encoders import ScriptedEncoder, text_encoder

ENCODE = ScriptedEncoder().encode

TOPICS = {
    "Coats": "A wool coat with a warm lining for the winter months",
    "Jeans": "Wide leg jeans with a high rise and deep pockets",
    "Dresses": "A summer dress for a wedding in the garden",
    "Swim": "The bikini top stays in place at the beach",
}
WORDS = ["soft", "long", "short", "red", "blue", "green", "fine", "light", "heavy", "loose"]


@pytest.fixture
def folder(tmp_path):
    """Reviews of four kinds, no two alike."""
    path = tmp_path / clusters.FILE
    path.parent.mkdir()
    with gzip.open(path, "wt", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["Title", "Review Text", "Class Name"])
        for number in range(200):
            category, body = list(TOPICS.items())[number % 4]
            writer.writerow(["", f"{body}, {WORDS[number % 10]} {number}", category])
    return tmp_path


def figures(sections):
    return {
        (section.title, figure.name): figure for section in sections for figure in section.figures
    }


def test_four_kinds_of_reviews_are_found_again_by_every_measure(folder):
    found = figures(clusters.sections(folder, folder, encode=ENCODE))

    seeds = found["Clusters: k-means", "ARI between seeds, mean"]
    assert seeds.value == pytest.approx(1)
    assert seeds.is_met
    assert found["Clusters: k-means", "clusters"].value == 4
    assert found["Clusters: other people", "ARI, placed against found"].value == pytest.approx(1)
    assert found["Clusters: HDBSCAN", "ARI between subsamples, mean"].is_met
    assert found["Clusters: identity", "people who stay in their group"].value == 1
    assert found["Clusters: identity", "groups known again"].value == 1


def test_other_reviews_of_the_same_folder_are_other_people_too(folder, monkeypatch):
    monkeypatch.setattr(clusters, "REVIEWS", 100)
    [section] = [
        one
        for one in clusters.sections(folder, None, encode=ENCODE)
        if one.title == "Clusters: other people"
    ]
    assert section.how.startswith("100 reviews that the fit has not seen")


def test_without_other_people_that_part_is_left_out(folder):
    titles = [section.title for section in clusters.sections(folder, None, encode=ENCODE)]
    assert titles == ["Clusters: k-means", "Clusters: HDBSCAN", "Clusters: identity"]


def test_a_missing_file_is_named_with_what_it_should_hold(tmp_path):
    with pytest.raises(DomainError, match=r"womens_clothing_reviews.csv.gz is missing"):
        next(clusters.sections(tmp_path, None, encode=ENCODE))


@pytest.mark.realdata
@pytest.mark.xdist_group("real-clusters")
def test_real_reviews_are_clustered_alike_by_other_seeds(data_folder):
    people = clusters.reviewers(
        data_folder / clusters.FILE, encode=text_encoder().encode, limit=800
    )
    fitted = clusters.ProfileClusters(random_state=0).fit(people.vectors, people.categories)

    section = clusters.seeds_section(people, fitted)

    assert figures([section])["Clusters: k-means", "ARI between seeds, mean"].value >= 0.8
