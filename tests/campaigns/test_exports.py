"""A send list: everyone who may be written to, with the copy the door would have given."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from audience.models import Membership
from campaigns import exports
from campaigns.errors import CampaignClosed
from campaigns.exports import csv_lines, send_list, send_list_start, write_parquet
from campaigns.personalise import breaker, decide
from core.csv_cells import safe_cell
from core.errors import ServiceUnavailable
from core.models import AuditEntry
from experiments.models import Exposure
from experiments.services import experiment_ramp
from privacy.services import consent_record, suppression_add
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NOW = make.NOON


@pytest.fixture
def knits():
    return make.segment("knits")


@pytest.fixture
def live(owner, knits):
    return make.live_campaign(owner, segments=[knits])


def rows_of(campaign):
    return [row for rows in send_list(campaign, now=NOW) for row in rows]


def test_everyone_has_the_copy_the_door_gives(live, knits, monkeypatch):
    monkeypatch.setattr(exports, "CONTACTS_AT_ONCE", 7)
    people = [make.contact(segments=[knits]) for _ in range(20)]
    make.contact()
    rows = rows_of(live)
    assert [row["contact"] for row in rows] == [one.external_id for one in people]
    assert Exposure.objects.count() == 20
    for row in rows:
        ours = decide(live.key, row["contact"], now=NOW)
        assert (row["arm"], row["variant"], row["assignment"]) == (
            ours.arm, ours.variant_id, ours.assignment
        )  # fmt: skip
        assert {name: row[name] for name, _ in ours.content.texts()} == dict(ours.content.texts())


def test_who_must_not_be_written_to_is_not_on_it(live, knits):
    gone, unwilling, stays = (make.contact(segments=[knits]) for _ in range(3))
    suppression_add(gone.subject_id, reason="unsubscribed")
    consent_record(
        unwilling.subject_id, purpose="email", is_given=False, occurred_at=NOW, source="a form"
    )
    assert [row["contact"] for row in rows_of(live)] == [stays.external_id]
    assert Exposure.objects.get().unit_id == stays.external_id


def test_who_is_kept_out_gets_the_control(live, knits, owner):
    experiment_ramp(live.experiment, coverage=0.0, now=NOW, actor=owner)
    make.contact(segments=[knits])
    (row,) = rows_of(live)
    assert (row["arm"], row["assignment"]) == ("control", "")
    assert not Exposure.objects.exists()


def test_who_left_the_segment_keeps_their_copy(live, knits):
    make.contact(segments=[knits])
    before = rows_of(live)
    Membership.objects.all().delete()
    assert rows_of(live) == before


def test_no_cell_is_a_formula(live, knits):
    make.contact("=1+1", segments=[knits], first_name="@SUM(A1)", email="+ada@people.example")
    lines = list(csv.reader(io.StringIO("".join(csv_lines(live, now=NOW)))))
    cells = [cell for line in lines for cell in line]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert "'=1+1" in cells


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_starts_like_a_formula_gets_an_apostrophe(start):
    assert safe_cell(f"{start}1") == f"'{start}1"
    assert (safe_cell(-1), safe_cell("a=1"), safe_cell(None)) == (-1, "a=1", None)


def test_parquet_holds_the_same_as_it_is(live, knits, tmp_path):
    import pyarrow.parquet as pq

    make.contact("=1+1", segments=[knits])
    assert write_parquet(live, tmp_path / "list.parquet", now=NOW) == 1
    assert pq.read_table(tmp_path / "list.parquet").to_pylist() == rows_of(live)


def test_who_took_people_out_is_in_the_audit_trail(live, owner):
    send_list_start(live, actor=owner)
    assert AuditEntry.objects.filter(action="send_list_export", actor=owner).exists()


def test_only_what_is_live_and_ours_to_split_has_a_list(owner):
    with pytest.raises(CampaignClosed, match="not live"):
        send_list_start(make.campaign(), actor=owner)
    external = make.live_campaign(owner, launch={"assignment": "external"})
    with pytest.raises(CampaignClosed, match="split by the email tool"):
        send_list_start(external, actor=owner)


def test_a_list_that_cannot_be_decided_breaks_off(live, knits):
    make.contact(segments=[knits])
    breaker.trip()
    with pytest.raises(ServiceUnavailable, match="database unavailable"):
        rows_of(live)


def test_the_command_writes_both_formats(live, knits, tmp_path, capsys):
    make.contact("c-9", segments=[knits])
    call_command("export_send_list", live.key, str(tmp_path / "list.csv"))
    call_command("export_send_list", live.key, str(tmp_path / "a.parquet"), format="parquet")
    assert "c-9" in (tmp_path / "list.csv").read_text()
    assert (tmp_path / "a.parquet").stat().st_size > 0
    call_command("export_send_list", live.key, "-")
    assert capsys.readouterr().out.count("c-9") == 1


def test_the_command_says_what_is_wrong(owner):
    with pytest.raises(CommandError, match="no campaign"):
        call_command("export_send_list", "nothing", "-")
    with pytest.raises(CommandError, match="not live"):
        call_command("export_send_list", make.campaign().key, "-")
