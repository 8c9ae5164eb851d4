"""The audience's benchmarks run, and say what they are held against."""

import pytest

from audience.models import Profile
from benchmarks.audience import encoding, profiles


@pytest.mark.django_db
@pytest.mark.realdata
def test_profiles_are_made_of_the_reviews_and_of_the_further_ones(data_folder, monkeypatch):
    monkeypatch.setattr(profiles, "FURTHER", 3)
    monkeypatch.setenv("COPYLIFT_DATA", str(data_folder))

    # Here, because other processes do not see a test's database.
    def share(work):
        work()
        return 1.0

    figures = profiles.measured(profiles.rows()[:20], share)

    assert figures["reviews"] == 20
    assert figures["seconds, start to end (at most 360)"] == 4
    assert Profile.objects.count() > 20


def test_without_the_folder_it_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COPYLIFT_DATA", str(tmp_path))

    assert profiles.run() == {}
    assert "set COPYLIFT_DATA" in capsys.readouterr().out


def test_without_the_peer_our_own_speed_is_shown(monkeypatch, capsys):
    monkeypatch.setattr(encoding, "peer", lambda: None)
    monkeypatch.setattr(encoding, "TEXTS", 4)

    figures = encoding.run()

    assert set(figures) == {"texts/s, 20 tokens", "texts/s, 100 tokens"}
    assert "no peer" in capsys.readouterr().out


def test_beside_the_peer_both_speeds_and_their_cosine_are_shown(monkeypatch):
    from inference.encoders import text_encoder

    monkeypatch.setattr(encoding, "peer", lambda: text_encoder().encode)
    monkeypatch.setattr(encoding, "TEXTS", 4)

    figures = encoding.run()

    assert len(figures) == 8
    distances = [value for name, value in figures.items() if name.startswith("1 - mean cosine")]
    assert distances == pytest.approx([0, 0], abs=1e-4)
