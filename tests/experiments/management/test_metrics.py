from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from experiments.models import SavedMetric
from experiments.selectors.metrics import saved_fields
from experiments.services import MetricSpec, saved_metric_create

pytestmark = pytest.mark.django_db

REVENUE = MetricSpec(
    key="revenue", name="Revenue", kind="sum", event_name="Order Completed", cap_quantile=0.99
)


def said(*arguments):
    out = StringIO()
    call_command("metrics", *arguments, stdout=out)
    return out.getvalue()


def test_what_was_exported_comes_in_again_as_it_was(tmp_path):
    file = str(tmp_path / "metrics.json")
    before = saved_fields(saved_metric_create(REVENUE, actor=None))
    assert "1 metrics written" in said("export", file)
    SavedMetric.objects.all().delete()
    assert said("import", file).strip() == "1 new, 0 changed, 0 as they were"
    assert saved_fields(SavedMetric.objects.get()) == before


def test_a_dash_writes_to_standard_out():
    saved_metric_create(REVENUE, actor=None)
    assert [row["key"] for row in json.loads(said("export", "-"))] == ["revenue"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[", "no JSON"),
        ('{"key": "orders"}', "must hold a JSON list"),
        ('[{"key": "orders"}]', "metric 'orders', field name"),
    ],
)
def test_a_file_that_is_none_says_why(tmp_path, text, why):
    file = tmp_path / "metrics.json"
    file.write_text(text)
    with pytest.raises(CommandError, match=why):
        call_command("metrics", "import", str(file))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("metrics", "import", str(tmp_path / "none.json"))
