"""Every list and form of the admin opens, for those who may and only for them."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.urls import reverse

from tests.factories import audience as factory

NAMES = sorted(
    f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry
)

# Lists that a page of the same subject leads to.
ON_PAGES = {"audience_cluster": "web:groups", "assistant_policy": "web:policies"}


@pytest.fixture
def superuser(db):
    return User.objects.create_superuser("ruth", "ruth@shop.example", "pw")


def statuses(client, page):
    return {name: client.get(reverse(f"admin:{name}_{page}")).status_code for name in NAMES}


def test_pages_name_an_icon_that_is_there(client, db):
    page = client.get(reverse("admin:login")).content.decode()

    assert 'rel="icon"' in page
    assert "copylift/icon.svg" in page
    assert finders.find("copylift/icon.svg")


def test_lists_open(client, superuser):
    client.force_login(superuser)
    assert statuses(client, "changelist") == dict.fromkeys(NAMES, 200)


def test_add_forms_open_or_do_not_exist(client, superuser):
    client.force_login(superuser)
    assert set(statuses(client, "add").values()) == {200, 403}


def test_lists_are_closed_to_strangers(client, stranger):
    client.force_login(stranger)
    assert statuses(client, "changelist") == dict.fromkeys(NAMES, 403)


def test_every_list_is_in_the_sidebar(client, superuser):
    client.force_login(superuser)
    page = client.get(reverse("admin:index")).content.decode()
    links = [reverse(f"admin:{name}_changelist") for name in NAMES if name not in ON_PAGES]
    assert [link for link in links if f'href="{link}"' not in page] == []


def test_a_list_outside_the_sidebar_is_led_to_by_a_page(client, superuser):
    client.force_login(superuser)
    factory.clustering(2)
    for name, page in ON_PAGES.items():
        shown = client.get(reverse(page)).content.decode()
        assert f'href="{reverse(f"admin:{name}_changelist")}"' in shown


def test_what_has_a_page_of_its_own_is_led_to_by_the_sidebar(client, superuser):
    client.force_login(superuser)
    page = client.get(reverse("admin:index")).content.decode()
    missing = [name for name in ("groups", "policies", "inbox", "plans")
               if f'href="{reverse(f"web:{name}")}"' not in page]  # fmt: skip
    assert missing == []


def test_a_strangers_sidebar_is_all_but_empty(client, stranger):
    client.force_login(stranger)
    page = client.get(reverse("admin:index")).content.decode()
    assert "Your login has no rights yet" in page
    assert "/admin/audience/contact/" not in page
