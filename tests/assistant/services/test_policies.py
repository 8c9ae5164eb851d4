"""Policies: versions that never change once they answered, and arms of an experiment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assistant.models import Conversation, Message, Policy, PolicyTrial
from assistant.services import conversation_known, message_answer
from assistant.services.happenings import Happening, happened, unit_of
from assistant.services.policies import (
    policy_change,
    policy_create,
    policy_go_live,
    policy_step_down,
)
from assistant.services.policy_trials import policy_for, policy_trial_end, policy_trial_start
from core.errors import DomainError, InputRefused
from core.models import AuditEntry
from events.models import Event
from experiments.models import Exposure
from experiments.services import (
    analysis_refresh,
    experiment_decide,
    experiment_pause,
    exposures_follow_names,
    forced_arm_set,
)
from inference.encoders import ScriptedEncoder
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def base():
    base = make.knowledge_base(key="help")
    make.read(base, {"returns.md": make.RETURNS}, now=NOW, encoder=ScriptedEncoder())
    return base


@pytest.fixture
def policies(base):
    return [
        policy_create(base, name, actor=None, refusal_threshold=0.0, passages_max=most)
        for name, most in (("few", 1), ("many", 5))
    ]


def talk(base, unit_id=""):
    return Conversation.objects.create(base=base, unit_id=unit_id)


def ask(conversation, *, now=NOW):
    return message_answer(conversation, "Can I return a dress?", now=now, encoder=ScriptedEncoder())


def test_without_a_policy_the_base_answers_as_it_is_set(base):
    message = ask(talk(base))
    assert (message.policy, message.wording["reason"]) == (None, "no_generator")


def test_the_live_policy_answers_and_is_frozen_by_it(base, policies):
    few, many = policies
    policy_change(many, actor=None, tone="formal")
    policy_go_live(few, actor=None)
    policy_go_live(many, actor=None)
    message = ask(talk(base))
    assert message.policy == many
    assert Event.objects.get().properties["policy"] == "many v1"
    with pytest.raises(DomainError, match="make a new version"):
        policy_change(many, actor=None, tone="brief")
    again = policy_create(base, "many", actor=None, tone="brief")
    assert (again.version, Policy.objects.get(pk=many.pk).tone) == (2, "formal")
    policy_step_down(many, actor=None)
    assert ask(talk(base)).policy is None


def test_a_policy_says_how_many_passages_and_how_sure(base, policies):
    sources = {}
    for policy in policies:
        policy_go_live(policy, actor=None)
        sources[policy.name] = {one["chunk"] for one in ask(talk(base)).sources}
    assert len(sources["few"]) == 1
    strict = policy_create(base, "strict", actor=None, refusal_threshold=1.0)
    policy_go_live(strict, actor=None)
    assert ask(talk(base)).outcome == "no_evidence"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"generator": "openai:http://evil.example"}, "generator"),
        ({"tone": "rude"}, "tone"),
        ({"prompt_version": "answer-0"}, "prompt_version"),
        ({"passages_max": 0}, "__all__"),
        ({"lexical_weight": 1.5}, "__all__"),
        ({"is_live": True}, "is_live"),
    ],
)
def test_what_no_policy_can_be_is_refused_by_name(base, fields, field):
    with pytest.raises(InputRefused) as refused:
        policy_create(base, "odd", actor=None, **fields)
    assert refused.value.field == field
    assert not Policy.objects.exists()


def test_a_generator_that_is_no_longer_allowed_does_not_go_live(base, settings):
    settings.ASSISTANT_GENERATORS = ["openai:http://gpu-1:8000"]
    policy = policy_create(base, "worded", actor=None, generator="openai:http://gpu-1:8000")
    settings.ASSISTANT_GENERATORS = []
    with pytest.raises(InputRefused, match="ASSISTANT_GENERATORS"):
        policy_go_live(policy, actor=None)
    # Live before it was forbidden, it answers word for word.
    Policy.objects.filter(pk=policy.pk).update(is_live=True)
    assert ask(talk(base)).wording["reason"] == "not_allowed"


def test_each_conversation_gets_an_arm_and_keeps_it(base, policies):
    trial = policy_trial_start(policies[0], policies[1:], goal="resolved", now=NOW, actor=None)
    talks = [talk(base) for _ in range(40)]
    given = {one.pk: policy_for(one, now=NOW).pk for one in talks}
    assert set(given.values()) == {policy.pk for policy in policies}
    assert {one.pk: policy_for(one, now=NOW).pk for one in talks} == given
    exposures = Exposure.objects.filter(experiment=trial.experiment)
    assert exposures.count() == 40
    arms = dict(exposures.values_list("unit_id", "arm_id"))
    policy_of = dict(trial.arms.values_list("arm_id", "policy_id"))
    assert {str(pk): policy for pk, policy in given.items()} == {
        unit: policy_of[arm] for unit, arm in arms.items()
    }


def test_a_known_contact_keeps_the_arm_over_conversations(base, policies):
    policy_trial_start(policies[0], policies[1:], goal="resolved", now=NOW, actor=None)
    given = {
        unit: {policy_for(talk(base, unit), now=NOW).pk for _ in range(3)}
        for unit in (f"c-{number}" for number in range(12))
    }
    assert all(len(policies) == 1 for policies in given.values())
    assert Exposure.objects.count() == 12


def test_who_becomes_known_on_the_way_keeps_the_arm_and_takes_what_was_done_along(base, policies):
    trial = policy_trial_start(policies[0], policies[1:], goal="resolved", now=NOW, actor=None)
    talks = [talk(base) for _ in range(12)]
    before = [ask(one).policy for one in talks]
    for number, one in enumerate(talks):
        conversation_known(one, f"c-{number}")
    assert [ask(one).policy for one in talks] == before
    assert Exposure.objects.count() == 12
    assert exposures_follow_names() == 12
    known = {f"c-{number}" for number in range(12)}
    assert set(Exposure.objects.values_list("unit_id", flat=True)) == known
    assert [ask(one).policy for one in talks] == before
    assert analysis_refresh(trial.experiment, now=NOW).results["arms"][0]["units"] == sum(
        policy == policies[0] for policy in before
    )


def test_an_arm_forced_for_testing_answers_and_is_not_counted(base, policies):
    trial = policy_trial_start(policies[0], policies[1:], goal="resolved", now=NOW, actor=None)
    for row in trial.arms.all():
        forced_arm_set(trial.experiment, f"qa-{row.arm_id}", arm_key=row.arm.key, actor=None)
        assert policy_for(talk(base, f"qa-{row.arm_id}"), now=NOW) == row.policy
    assert not Exposure.objects.exists()


def test_paused_lets_nobody_new_in_and_ended_gives_everybody_the_live_policy(base, policies):
    live = policy_create(base, "live", actor=None)
    policy_go_live(live, actor=None)
    trial = policy_trial_start(policies[0], policies[1:], goal="resolved", now=NOW, actor=None)
    early = talk(base)
    given = policy_for(early, now=NOW)
    assert given != live
    experiment_pause(trial.experiment, now=NOW, actor=None)
    assert (policy_for(early, now=NOW), policy_for(talk(base), now=NOW)) == (given, live)
    with pytest.raises(DomainError, match="under way"):
        policy_trial_start(policies[0], policies[1:], goal="resolved", now=NOW, actor=None)
    policy_trial_end(trial, reason="seen enough", now=NOW, actor=None)
    assert policy_for(early, now=NOW) == live
    # Ended on the experiment's own page, it does not stand in the way of the next either.
    again = policy_trial_start(policies[0], policies[1:], goal="helpful", now=NOW, actor=None)
    experiment_decide(again.experiment, now=NOW, actor=None, reason="seen enough")
    policy_trial_start(policies[0], policies[1:], goal="helpful", now=NOW, actor=None)
    assert PolicyTrial.objects.filter(is_open=True).count() == 1
    assert AuditEntry.objects.filter(action="experiment_decide").count() == 2


@pytest.mark.parametrize(
    ("count", "goal", "field"), [(1, "resolved", "rival"), (2, "fame", "goal")]
)
def test_what_cannot_be_compared_is_refused_by_name(base, policies, count, goal, field):
    with pytest.raises(InputRefused) as refused:
        policy_trial_start(policies[0], policies[1:count], goal=goal, now=NOW, actor=None)
    assert refused.value.field == field


def test_policies_of_two_bases_are_not_compared(policies):
    other = policy_create(make.knowledge_base(), "other", actor=None)
    with pytest.raises(InputRefused, match="another knowledge base"):
        policy_trial_start(policies[0], [other], goal="resolved", now=NOW, actor=None)


def test_what_visitors_did_is_counted_by_the_policy_they_got(base, policies):
    trial = policy_trial_start(policies[0], policies[1:], goal="resolved", now=NOW, actor=None)
    talks = [talk(base) for _ in range(30)]
    for one in talks:
        ask(one)
    got = dict(Message.objects.exclude(policy=None).values_list("conversation_id", "policy__name"))
    solved = [one for one in talks if got[one.pk] == "many"]
    for one in solved:
        happened(one, Happening.RESOLVED, now=NOW + timedelta(minutes=1))
    results = analysis_refresh(trial.experiment, now=NOW + timedelta(hours=1)).results
    resolved = next(one for one in results["metrics"] if one["key"] == "resolved")
    arms = resolved["overall"]["arms"]
    rival = trial.arms.get(policy=policies[1]).arm.key
    assert resolved["role"] == "goal"
    assert {key: arms[key]["units"] for key in arms} == {
        "control": 30 - len(solved),
        rival: len(solved),
    }
    assert (arms["control"]["mean"], arms[rival]["mean"]) == (0.0, 1.0)
    assert unit_of(talks[0]) in Exposure.objects.values_list("unit_id", flat=True)
