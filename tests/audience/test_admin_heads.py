"""What was learnt from the shop's own, on its page."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse_lazy

from audience.models import FittedHead
from tests.factories.audience import NOON

pytestmark = pytest.mark.django_db
PAGE = "/admin/audience/fittedhead/"
FIT = reverse_lazy("admin:audience_fittedhead_fit_again")


def head(**fields):
    return FittedHead.objects.create(
        **{
            "kind": "purchase", "fitted_at": NOON, "examples": 812, "weights": b"",
            "quality": {"auc": 0.74, "auc_shipped": 0.71, "slope": 1.02}, **fields,
        }
    )  # fmt: skip


def test_a_head_is_shown_with_its_quality_and_cannot_be_changed(admin_client):
    older, newer = head(), head()

    listed = admin_client.get(PAGE).content.decode()
    shown = admin_client.get(f"{PAGE}{newer.pk}/change/").content.decode()

    assert "Learnt models" in listed
    assert all(told in listed for told in ("74.0%", "71.0%", "1.02"))
    assert "74.0% of pairs of one who bought and one who did not" in shown
    assert 'name="_save"' not in shown
    assert admin_client.get(f"{PAGE}{older.pk}/delete/").status_code == 403
    assert admin_client.get(f"{PAGE}add/").status_code == 403


def test_learning_again_is_left_to_a_worker(admin_client, monkeypatch):
    woken = []
    monkeypatch.setattr("audience.admin_heads.wake", lambda task: woken.append(task))

    head()
    page = admin_client.get(PAGE).content.decode()
    answer = admin_client.post(FIT, {"_form_submitted": "on"})

    assert "Learn again" in page
    assert answer.headers["HX-Redirect"] == PAGE
    assert woken == ["audience.tasks.heads_fit"]


def test_who_may_not_fit_has_no_button(client, django_user_model):
    reader = django_user_model.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_fittedhead"))
    client.force_login(reader)

    assert "Learn again" not in client.get(PAGE).content.decode()
    assert client.post(FIT, {"_form_submitted": "on"}).status_code == 403
