"""The page of the assistant's policies, and the results of an experiment between two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assistant.models import Conversation, Policy, PolicyTrial
from assistant.services.happenings import Happening, happened
from assistant.services.policies import policy_create
from assistant.services.policy_trials import policy_for
from experiments.models import Experiment
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def policies():
    base = make.knowledge_base(key="help", name="Help pages")
    return [policy_create(base, name, actor=None) for name in ("few", "many")]


def shown(client):
    answer = client.get(reverse("web:policies"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_policy_goes_live_and_is_taken_down(admin_client, policies):
    assert "Help pages" in shown(admin_client)
    admin_client.post(reverse("web:policy_live", args=[policies[0].pk]))
    assert Policy.objects.get(is_live=True) == policies[0]
    assert "Take&nbsp;down" in shown(admin_client)
    admin_client.post(reverse("web:policy_down", args=[policies[0].pk]))
    assert not Policy.objects.filter(is_live=True).exists()


def test_an_experiment_starts_is_read_and_ends(admin_client, policies):
    form = {"control": policies[0].pk, "rival": policies[1].pk, "goal": "resolved"}
    admin_client.post(reverse("web:policy_trial"), form)
    trial = PolicyTrial.objects.get()
    results = reverse("web:experiment_results", args=[trial.experiment_id])
    assert results in shown(admin_client)
    now = timezone.now()
    for _ in range(20):
        one = Conversation.objects.create(base=policies[0].base)
        policy_for(one, now=now - timedelta(minutes=5))
        happened(one, Happening.RESOLVED, now=now)
    Experiment.objects.filter(pk=trial.experiment_id).update(started_at=now - timedelta(days=1))
    page = admin_client.get(results).content.decode()
    for words in ("Solved, says the visitor", "few v1", "many v1", "Thumbs up", "How to read this"):
        assert words in page
    assert "What was written" not in page
    admin_client.post(reverse("web:policy_trial_stop", args=[trial.pk]))
    trial.refresh_from_db()
    assert (trial.is_open, trial.experiment.status) == (False, "decided")
    assert "Earlier:" in shown(admin_client)


def test_what_cannot_be_compared_is_said(admin_client, policies):
    form = {"control": policies[0].pk, "rival": policies[0].pk, "goal": "resolved"}
    answer = admin_client.post(reverse("web:policy_trial"), form, follow=True)
    assert "choose another policy" in answer.content.decode()
    answer = admin_client.post(reverse("web:policy_trial"), {"control": "x"}, follow=True)
    assert "choose a policy" in answer.content.decode()
    assert not PolicyTrial.objects.exists()


def test_who_has_no_right_sees_and_changes_nothing(client, stranger, policies):
    client.force_login(stranger)
    assert client.get(reverse("web:policies")).status_code == 403
    assert client.post(reverse("web:policy_live", args=[policies[0].pk])).status_code == 403


def test_the_admin_writes_policies_and_makes_versions_of_frozen_ones(
    admin_client, policies, settings
):
    settings.ASSISTANT_GENERATORS = ["openai:http://gpu-1:8000#tiny"]
    few = policies[0]
    form = {
        "base": few.base_id, "name": "worded", "generator": "openai:http://gpu-1:8000#tiny",
        "prompt_version": "answer-1", "tone": "friendly", "passages_max": 3,
    }  # fmt: skip
    admin_client.post(reverse("admin:assistant_policy_add"), form)
    made = Policy.objects.get(name="worded")
    assert (made.generator, made.tone, made.version) == (form["generator"], "friendly", 1)
    change = reverse("admin:assistant_policy_change", args=[made.pk])
    admin_client.post(change, form | {"tone": "brief"})
    Policy.objects.filter(pk=made.pk).update(answered_at=timezone.now())
    admin_client.post(change, form | {"tone": "formal"})
    tones = dict(Policy.objects.filter(name="worded").values_list("version", "tone"))
    assert tones == {1: "brief", 2: "formal"}
    answer = admin_client.post(change, form | {"generator": "openai:http://evil.example"})
    assert "Select a valid choice" in answer.content.decode()
