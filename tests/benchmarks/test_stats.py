"""The benchmark of the statistics runs, says what is missing, and keeps to its marks."""

from __future__ import annotations

import pytest

from benchmarks.stats import asos, bandit, looks, page
from benchmarks.stats.__main__ import SECTIONS, main
from benchmarks.stats.sections import Missing


@pytest.mark.parametrize("section", [looks.SECTION, bandit.SECTION], ids=["looks", "bandit"])
def test_a_smoke_run_ends_in_tables(section):
    text = section.text(section.run(is_quick=True))
    assert text.count("| --- |") == 2
    assert "nan" not in text


def test_a_section_without_its_data_says_what_is_missing(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COPYLIFT_DATA", str(tmp_path / "nowhere"))
    assert main(["--quick", "asos"]) == 1
    assert "set COPYLIFT_DATA" in capsys.readouterr().err


def test_a_section_without_the_peers_says_how_to_get_them(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PEERS_PYTHON", str(tmp_path / "python"))
    assert main(["--quick", "aa"]) == 1
    assert "make bench-stats" in capsys.readouterr().err


def test_an_unknown_section_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["speeed"])
    assert "there are: aa, looks" in capsys.readouterr().err


@pytest.mark.realdata
def test_the_streams_of_asos_are_watched(data_folder):
    figures = asos.run(is_quick=True)
    assert (
        figures["rules"]["anytime 5000"]["at_some_look"]
        <= (figures["rules"]["naive"]["at_some_look"])
    )


def test_only_what_lies_between_the_marks_is_rewritten(tmp_path):
    document = tmp_path / "page.md"
    document.write_text("before\n<!-- bench-stats: aa -->\nold\n<!-- end: aa -->\nafter\n")
    page.rewrite("aa", "new", where="here", page=document)
    page.rewrite("aa", "newer", where="there", page=document)
    assert document.read_text() == (
        "before\n<!-- bench-stats: aa -->\nnewer\n\n*there.*\n<!-- end: aa -->\nafter\n"
    )
    with pytest.raises(Missing, match="no marks"):
        page.rewrite("speed", "new", where="here", page=document)


def test_every_section_has_its_marks_in_the_document():
    written = page.PAGE.read_text()
    assert [
        one.name for one in SECTIONS if f"<!-- bench-stats: {one.name} -->" not in written
    ] == []
