"""Every page of web.urls against every persona: taken from the URL list, so none is forgotten."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assistant.models import WebPage
from assistant.services import conversation_start
from assistant.services.policies import policy_create
from assistant.services.policy_trials import policy_trial_start
from audience.models import ClusteringJob, Correction
from tests.factories import assistant as make_assistant
from tests.factories import audience
from tests.factories import campaigns as factory
from tests.factories import plans as plan_factory
from web import urls

GET_PAGES = {
    "campaign", "progress", "review", "variant_add", "variant_edit", "results", "results_csv",
    "setup", "experiment_results", "recommendations", "launch_price", "voice_draft", "voice_try",
    "portrait", "groups", "group", "refit_progress",
    "segment_panel", "segment_schema", "segment_examples",
    "plans", "plan_new", "plan", "plan_edit", "plan_people", "plan_progress",
    "embed", "inbox", "inbox_list", "inbox_conversation", "inbox_transcript",
    "meaning", "gaps", "gaps_progress", "quality", "sources", "sources_progress", "policies",
    "sentences",
}  # fmt: skip
POST_PAGES = {
    "write", "write_again", "stop_writing", "launch", "pause", "resume", "ramp", "finish",
    "approve_best", "check", "results_refresh", "variant_approve", "variant_reject",
    "variant_override", "portrait_correct", "portrait_consent",
    "correction_withdraw", "group_rewrite", "refit", "refit_cancel",
    "segment_count", "segment_look", "segment_build", "segment_build_cancel",
    "plan_propose", "plan_approve", "plan_start", "plan_campaigns", "plan_prove",
    "plan_copy", "plan_delete", "plan_archive", "plan_restore",
    "embed_origins", "embed_secret",
    "inbox_take", "inbox_release", "inbox_reply", "inbox_solve", "inbox_return",
    "renew_token", "send_list", "gaps_search", "gap_answer", "gap_dismiss", "gap_reopen",
    "gap_meant",
    "quality_now", "sources_upload", "sources_pages", "sources_refetch", "sources_stop",
    "sources_page_remove",
    "policy_live", "policy_down", "policy_trial", "policy_trial_stop",
}  # fmt: skip
APPROVER_PAGES = {
    "launch", "pause", "resume", "ramp", "finish", "approve_best", "variant_approve",
    "variant_reject", "variant_override", "plan_approve", "plan_start", "plan_prove",
    "renew_token", "send_list",
}  # fmt: skip
SEGMENT_RULE_PAGES = {"segment_count", "segment_look", "segment_schema", "segment_examples"}
SEGMENT_PAGES = {"segment_panel", "segment_build", "segment_build_cancel"}
VARIANT_PAGES = {"variant_approve", "variant_reject", "variant_edit", "variant_override"}
NAMES = {pattern.name for pattern in urls.urlpatterns}
LET_IN, REFUSED = {200, 302}, {403}


def people_ids():
    cluster = audience.clustering(0).clusters.get()
    contact = audience.profile(cluster=cluster).contact
    said = Correction.objects.create(contact=contact, trait="sentiment", action="confirm")
    job = ClusteringJob.objects.create(random_state=1)
    ids = {key: [contact.pk] for key in ["portrait", "portrait_correct", "portrait_consent"]}
    ids |= {key: [] for key in ["groups", "refit", "refit_progress"]}
    ids |= {key: [cluster.identity_id] for key in ["group", "group_rewrite"]}
    return ids | {"correction_withdraw": [said.pk], "refit_cancel": [job.pk]}


def chat_ids():
    conversation = conversation_start(make_assistant.knowledge_base(), now=timezone.now())
    base = [conversation.base_id]
    said = conversation.messages.create(role="visitor", text="Late parcel?")
    ids = {name: [conversation.pk] for name in NAMES if name.startswith("inbox_")}
    ids["meaning"] = [said.pk]
    ids |= {name: base for name in NAMES if name.startswith("embed")}
    return ids | {"inbox": [], "inbox_list": []}


def policy_ids():
    base = make_assistant.knowledge_base()
    one, other = (policy_create(base, name, actor=None) for name in ("few", "many"))
    trial = policy_trial_start(one, [other], goal="resolved", now=timezone.now(), actor=None)
    ids = {"policies": [], "policy_trial": [], "policy_trial_stop": [trial.pk]}
    return ids | {"policy_live": [one.pk], "policy_down": [one.pk]}


@pytest.fixture
def addresses(owner):
    campaign = factory.live_campaign(owner)
    variant = factory.control_of(campaign)
    voices = [campaign.brand_voice_id]
    ids = {
        "voice_draft": voices,
        "voice_try": voices,
        **{name: [] for name in SEGMENT_RULE_PAGES},
        **{name: [campaign.campaign_segments.first().segment_id] for name in SEGMENT_PAGES},
        "experiment_results": [campaign.experiment_id],
        "recommendations": [audience.contact().pk],
    } | people_ids()
    # One is asked about by every page, the other deleted: whichever comes first.
    plan, deleted = plan_factory.draft(), plan_factory.draft()
    plan.save()
    deleted.save()
    ids |= {name: [plan.pk] for name in NAMES if name.startswith("plan_")} | {"plan": [plan.pk]}
    ids |= {"plan_delete": [deleted.pk]}
    ids |= {"plans": [], "plan_new": [], **chat_ids(), **policy_ids()}
    base = make_assistant.knowledge_base()
    gap = make_assistant.gap(base)
    of_base = ("gaps", "quality", "sources", "sentences")
    ids |= {name: [base.pk] for name in NAMES if name.startswith(of_base)}
    page = WebPage.objects.create(base=base, url="https://shop.example/help")
    ids["sources_page_remove"] = [base.pk, page.pk]
    ids |= {name: [base.pk, gap.pk] for name in NAMES if name.startswith("gap_")}
    ids |= {name: [variant.pk] for name in NAMES if name in VARIANT_PAGES}
    return {name: reverse(f"web:{name}", args=ids.get(name, [campaign.pk])) for name in NAMES}


def answers(client, addresses, names):
    posts = {name: client.post(addresses[name]) for name in names & POST_PAGES}
    return posts | {name: client.get(addresses[name]) for name in names & GET_PAGES}


def not_answered_with(statuses, found):
    return {name: answer.status_code for name, answer in found.items()
            if answer.status_code not in statuses}  # fmt: skip


def test_every_page_is_known_to_this_test():
    assert NAMES == GET_PAGES | POST_PAGES


def test_nobody_unknown_gets_in(client, addresses):
    found = answers(client, addresses, NAMES)
    assert {answer.get("Location", "").split("?")[0] for answer in found.values()} == {
        "/admin/login/"
    }


def test_a_stranger_is_refused_everywhere(client, stranger, addresses):
    client.force_login(stranger)
    assert not_answered_with(REFUSED, answers(client, addresses, NAMES)) == {}


def test_the_owner_is_refused_nowhere(client, owner, addresses):
    client.force_login(owner)
    assert not_answered_with(LET_IN, answers(client, addresses, NAMES)) == {}


def test_a_teammate_may_not_approve_or_launch(client, teammate, addresses):
    client.force_login(teammate)
    assert not_answered_with(REFUSED, answers(client, addresses, APPROVER_PAGES)) == {}


def test_a_teammate_may_do_everything_else(client, teammate, addresses):
    client.force_login(teammate)
    assert not_answered_with(LET_IN, answers(client, addresses, NAMES - APPROVER_PAGES)) == {}


def test_a_form_from_elsewhere_is_refused(owner, addresses):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert not_answered_with(REFUSED, answers(client, addresses, POST_PAGES)) == {}


def test_a_link_changes_nothing(client, owner, addresses):
    client.force_login(owner)
    found = {name: client.get(addresses[name]) for name in POST_PAGES}
    assert not_answered_with({405}, found) == {}


def test_our_pages_allow_no_inline_script(client, owner, addresses):
    client.force_login(owner)
    found = answers(client, addresses, GET_PAGES)
    policies = {answer["Content-Security-Policy"] for answer in found.values()}
    assert all("script-src 'self' 'unsafe-eval';" in policy for policy in policies)


def test_our_pages_have_no_inline_script(client, owner, addresses):
    client.force_login(owner)
    pages = b"".join(answer.content for answer in answers(client, addresses, GET_PAGES).values())
    assert b"<script>" not in pages
    assert b" onclick=" not in pages
