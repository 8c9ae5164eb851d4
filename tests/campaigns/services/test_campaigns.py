import hashlib
from datetime import timedelta

import orjson
import pytest

from campaigns import services
from campaigns.briefs import copy_of
from campaigns.errors import CampaignClosed, CellsMissing, CopyBlocked, NotPermitted, OfferOver
from campaigns.models import CampaignSegment, Variant
from core.errors import InputRefused
from core.models import AuditEntry
from experiments.models import Experiment
from generation.models import BriefRecord, GenerationJob
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NOW = make.NOON


def test_generating_orders_a_brief_per_cell_and_wakes_the_collector_at_the_end(teammate):
    campaign = make.campaign(candidates=2)
    job = services.campaign_generate(campaign, actor=teammate, now=NOW, seed=7)
    assert campaign.status == "generating"
    assert (job.candidates, job.seed) == (2, 7)
    assert (job.then, job.then_id) == ("campaigns.tasks.variants_collect", campaign.pk)
    assert BriefRecord.objects.filter(job=job).count() == 4
    campaign.refresh_from_db()
    assert campaign.job == job


def test_the_collector_is_a_task_that_workers_know():
    from celery import current_app

    import campaigns.tasks

    assert campaigns.tasks.variants_collect.name in current_app.tasks


def test_generating_makes_the_human_control_for_review(owner):
    campaign = make.campaign()
    services.campaign_generate(campaign, actor=owner, now=NOW, seed=7)
    assert copy_of(make.control_of(campaign)) == copy_of(campaign.template)


def test_the_seed_is_the_second_of_the_order_unless_given(owner):
    job = services.campaign_generate(make.campaign(), actor=owner, now=NOW)
    assert job.seed == int(NOW.timestamp())


def test_generating_while_generating_is_refused(owner):
    campaign = make.campaign()
    services.campaign_generate(campaign, actor=owner, now=NOW, seed=7)
    with pytest.raises(CampaignClosed, match="it must be draft or in review"):
        services.campaign_generate(campaign, actor=owner, now=NOW, seed=7)
    assert GenerationJob.objects.count() == 1


def test_generating_for_a_live_campaign_is_refused(owner):
    live = make.live_campaign(owner)
    with pytest.raises(CampaignClosed, match="is live"):
        services.campaign_generate(live, actor=owner, now=NOW, seed=7)


def test_an_angle_nobody_writes_orders_nothing(owner):
    campaign = make.campaign(angles=["mens_email"])
    with pytest.raises(InputRefused, match="mens_email"):
        services.campaign_generate(campaign, actor=owner, now=NOW, seed=7)
    campaign.refresh_from_db()
    assert campaign.status == "draft"


def test_launching_starts_an_experiment_with_control_and_angles(owner):
    live = make.live_campaign(owner)
    experiment = Experiment.objects.get()
    assert (live.status, live.launched_at, live.experiment) == ("live", NOW, experiment)
    assert (experiment.status, experiment.started_at) == ("running", NOW)
    arms = experiment.arms.order_by("position")
    assert [(arm.key, arm.is_control) for arm in arms] == [
        ("control", True),
        ("urgency", False),
        ("curiosity", False),
    ]
    assert [arm.weight for arm in arms] == pytest.approx([1 / 3] * 3)


def test_the_goal_is_the_campaigns_event_with_its_revenue_beside_it(owner):
    live = make.live_campaign(owner, goal_event="Subscribed")
    metrics = live.experiment.metrics.values_list("key", "kind", "role", "event_name")
    assert list(metrics) == [
        ("conversion", "conversion", "goal", "Subscribed"),
        ("revenue", "sum", "secondary", "Subscribed"),
    ]


def test_weights_and_minimums_can_be_set(owner):
    weights = {"control": 0.5, "urgency": 0.3, "curiosity": 0.2}
    live = make.live_campaign(
        owner, launch={"weights": weights, "minimum_units_per_arm": 20, "minimum_days": 0}
    )
    assert dict(live.experiment.arms.values_list("key", "weight")) == pytest.approx(weights)
    assert (live.experiment.minimum_units_per_arm, live.experiment.minimum_days) == (20, 0)


def test_weights_must_name_every_arm(owner):
    campaign = make.reviewed_campaign(owner)
    with pytest.raises(InputRefused, match="each of control, urgency, curiosity"):
        services.campaign_launch(campaign, actor=owner, now=NOW, weights={"control": 1.0})


def test_nothing_goes_live_without_an_approved_text_in_every_cell(owner):
    campaign = make.reviewed_campaign(owner)
    missing = campaign.variants.filter(angle="urgency").first()
    services.variant_reject(missing, actor=owner, now=NOW, note="")
    with pytest.raises(CellsMissing, match="no approved copy for") as refused:
        services.campaign_launch(campaign, actor=owner, now=NOW)
    assert refused.value.cells == (f"{missing.segment.name} × urgency",)
    campaign.refresh_from_db()
    assert campaign.status == "review"
    assert not Experiment.objects.exists()


def test_nothing_goes_live_without_an_approved_control(owner):
    campaign = make.reviewed_campaign(owner)
    services.variant_reject(make.control_of(campaign), actor=owner, now=NOW, note="")
    with pytest.raises(CellsMissing, match="everyone × control"):
        services.campaign_launch(campaign, actor=owner, now=NOW)


def test_a_segment_added_after_review_is_missed_at_launch(owner):
    campaign = make.reviewed_campaign(owner)
    late = make.segment("late", name="Latecomers")
    CampaignSegment.objects.create(campaign=campaign, segment=late, position=9)
    with pytest.raises(CellsMissing, match="Latecomers × urgency, Latecomers × curiosity"):
        services.campaign_launch(campaign, actor=owner, now=NOW)


def test_the_guardrails_read_the_frozen_text_once_more(owner):
    voice = make.brand_voice()
    campaign = make.reviewed_campaign(owner, brand_voice=voice)
    voice.banned_terms = ["dresses"]
    voice.save()
    with pytest.raises(CopyBlocked, match=r"its guardrails refuse .*dresses"):
        services.campaign_launch(campaign, actor=owner, now=NOW)


def test_what_went_live_can_be_proved_later(owner):
    live = make.live_campaign(owner)
    control = make.control_of(live)
    entry = AuditEntry.objects.get(action="campaign_launch")
    digest = hashlib.sha256(orjson.dumps(copy_of(control).to_json())).hexdigest()
    assert entry.detail["texts"][str(control.pk)] == digest
    assert len(entry.detail["texts"]) == Variant.objects.filter(status="approved").count()


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"is_active": False}, "off"),
        ({"starts_at": make.NOON, "budget": 10, "spent": 10}, "budget used up"),
        ({"starts_at": make.NOON - timedelta(days=9), "ends_at": make.NOON}, "over"),
    ],
)
def test_copy_may_not_promise_what_is_no_longer_given(owner, change, state):
    offer = make.offer()
    campaign = make.reviewed_campaign(owner, offer=offer)
    type(offer).objects.filter(pk=offer.pk).update(**change)
    campaign.refresh_from_db()
    with pytest.raises(OfferOver, match=state):
        services.campaign_launch(campaign, actor=owner, now=make.NOON)
    assert not Experiment.objects.exists()


def test_an_offer_that_is_yet_to_begin_may_be_announced(owner):
    offer = make.offer(starts_at=make.NOON + timedelta(days=1))
    assert make.live_campaign(owner, offer=offer).status == "live"


def test_launching_twice_is_refused(owner):
    live = make.live_campaign(owner)
    with pytest.raises(CampaignClosed):
        services.campaign_launch(live, actor=owner, now=NOW)
    assert Experiment.objects.count() == 1


def test_a_live_campaign_pauses_resumes_and_finishes(owner):
    live = make.live_campaign(owner)
    services.campaign_pause(live, actor=owner, now=NOW)
    live.experiment.refresh_from_db()
    assert (live.status, live.experiment.status) == ("paused", "paused")
    services.campaign_resume(live, actor=owner, now=NOW)
    live.experiment.refresh_from_db()
    assert (live.status, live.experiment.status) == ("live", "running")
    services.campaign_finish(live, actor=owner, now=NOW, reason="enough")
    live.experiment.refresh_from_db()
    assert (live.status, live.experiment.status) == ("finished", "decided")


def test_a_draft_can_be_neither_paused_nor_finished(owner):
    draft = make.campaign()
    with pytest.raises(CampaignClosed, match="is draft; to pause it it must be live"):
        services.campaign_pause(draft, actor=owner, now=NOW)
    with pytest.raises(CampaignClosed, match="it must be live or paused"):
        services.campaign_finish(draft, actor=owner, now=NOW)


def test_what_is_finished_stays_finished(owner):
    live = make.live_campaign(owner)
    services.campaign_finish(live, actor=owner, now=NOW)
    with pytest.raises(CampaignClosed, match="is finished"):
        services.campaign_resume(live, actor=owner, now=NOW)


def test_a_team_mate_has_copy_written_but_does_not_launch(owner, teammate):
    campaign = make.reviewed_campaign(owner)
    with pytest.raises(NotPermitted, match="theo may not launch a campaign"):
        services.campaign_launch(campaign, actor=teammate, now=NOW)
    live = make.live_campaign(owner)
    with pytest.raises(NotPermitted, match="theo may not pause a campaign"):
        services.campaign_pause(live, actor=teammate, now=NOW)
    with pytest.raises(NotPermitted, match="theo may not finish a campaign"):
        services.campaign_finish(live, actor=teammate, now=NOW)


def test_a_stranger_has_nothing_written(stranger):
    with pytest.raises(NotPermitted, match="sam may not have copy written"):
        services.campaign_generate(make.campaign(), actor=stranger, now=NOW, seed=7)
    assert not GenerationJob.objects.exists()


def test_every_step_leaves_its_trace(owner):
    live = make.live_campaign(owner)
    services.campaign_pause(live, actor=owner, now=NOW)
    entries = AuditEntry.objects.filter(target_type="campaigns.campaign", actor=owner)
    assert list(entries.order_by("id").values_list("action", flat=True)) == [
        "campaign_launch",
        "campaign_pause",
    ]


def test_a_ramp_lets_more_people_take_part_and_says_so_in_the_trail(owner):
    live = make.live_campaign(owner, launch={"coverage": 0.1})
    services.campaign_ramp(live, coverage=0.5, actor=owner, now=make.NOON)
    live.experiment.refresh_from_db()
    assert live.experiment.coverage == 0.5
    assert AuditEntry.objects.filter(action="experiment_ramp", actor=owner).count() == 1


def test_a_ramp_takes_the_right_to_launch(owner, teammate):
    live = make.live_campaign(owner)
    with pytest.raises(NotPermitted, match="ramp a campaign"):
        services.campaign_ramp(live, coverage=0.5, actor=teammate, now=make.NOON)


def test_a_campaign_that_was_never_launched_has_nothing_to_ramp(owner):
    with pytest.raises(CellsMissing, match="never launched"):
        services.campaign_ramp(make.campaign(), coverage=0.5, actor=owner, now=make.NOON)
