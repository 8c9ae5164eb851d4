from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from campaigns import services
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


def edited(teammate, words="a dress for all"):
    campaign = make.campaign(key="autumn")
    segment = campaign.segments.first()
    variant = services.variant_create(
        campaign, segment, "urgency", make.human_copy(), actor=teammate
    )
    services.variant_edit(variant, make.human_copy(words), actor=teammate, now=make.NOON)
    return variant, segment


def test_an_edit_is_kept_as_a_pair_with_who_when_and_the_brief(teammate, tmp_path):
    variant, segment = edited(teammate)
    file, said = tmp_path / "edits.jsonl", StringIO()
    call_command("export_edits", str(file), stdout=said)
    (pair,) = [json.loads(line) for line in file.read_text().splitlines()]
    assert (pair["by"], pair["campaign"], pair["variant"]) == ("theo", "autumn", variant.pk)
    assert pair["brief_key"] == f"{segment.key}/urgency"
    assert pair["brief"]["angle"] == "urgency"
    assert (pair["channel"], pair["origin"]) == ("email", "human")
    assert pair["before"]["subject"].endswith("a dress for you")
    assert pair["after"]["subject"].endswith("a dress for all")
    assert pair["at"].endswith("+00:00")
    assert "1 edits written" in said.getvalue()


def test_an_edit_that_changes_nothing_is_no_pair(teammate, tmp_path):
    edited(teammate, "a dress for you")
    call_command("export_edits", str(tmp_path / "edits.jsonl"), stdout=StringIO())
    assert (tmp_path / "edits.jsonl").read_text() == ""


def test_pairs_may_go_to_standard_out(teammate, capfdbinary):
    edited(teammate)
    call_command("export_edits", "-")
    assert b'"brief_key"' in capfdbinary.readouterr().out
