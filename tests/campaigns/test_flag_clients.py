"""The real SDKs, over HTTP: whoever asks, and however, a contact has the arm `decide` gives."""

import threading

import pytest
from growthbook import GrowthBook
from growthbook.growthbook import feature_repo
from openfeature import api as openfeature
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext

from audience.models import Contact, Membership
from campaigns import live_plans
from campaigns.personalise import decide
from core.api_keys import api_key_create
from experiments.models import Exposure
from experiments.services import (
    experiment_ramp,
    experiment_slice_set,
    forced_arm_set,
    holdout_create,
    layer_create,
)
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db(transaction=True)
CONTACTS = 300


@pytest.fixture
def live(owner):
    """Everything that can come before the arm: holdouts, a layer, a ramp, segments, a tester."""
    knits, bargains = make.segment("knits"), make.segment("bargains")
    holdout_create(key="2026", name="2026", share=0.15, actor=owner)
    layer = layer_create(key="email", name="Email", actor=owner)
    made = make.reviewed_campaign(owner, segments=[knits, bargains])
    own = make.services.variant_create(
        made, bargains, "control", make.human_copy("for bargain hunters"), actor=owner
    )
    make.services.variant_approve(own, actor=owner, now=make.NOON)
    make.services.campaign_launch(
        made,
        actor=owner,
        now=make.NOON,
        weights={"control": 0.5, "urgency": 0.3, "curiosity": 0.2},
        holdout_share=0.1,
    )
    experiment = made.experiment
    experiment_slice_set(experiment, layer=layer, start=0.1, end=0.9, actor=owner)
    experiment_ramp(experiment, coverage=0.8, now=make.NOON, actor=owner)
    forced_arm_set(experiment, "tester", arm_key="urgency", actor=owner)
    return made


@pytest.fixture
def people(live):
    """Ids in all alphabets, in one segment, in both, or in none."""
    names = [f"c-{number}" for number in range(CONTACTS)] + ["tester", "ünal-7", "李-3", "😀-1"]
    segments = list(live.segments.order_by("key"))
    made = Contact.objects.bulk_create(
        Contact(external_id=name, first_name="Ada") for name in names
    )
    memberships = {
        contact: [one for place, one in enumerate(segments) if number >> place & 1]
        for number, contact in enumerate(made)
    }
    Membership.objects.bulk_create(
        Membership(contact=contact, segment=one)
        for contact, some in memberships.items()
        for one in some
    )
    return {contact.external_id: [one.key for one in some] for contact, some in memberships.items()}


@pytest.fixture
def key():
    return api_key_create("SDKs", ["flags"])[1]


@pytest.fixture
def growthbook(live_server, key):
    feature_repo.clear_cache()
    made = GrowthBook(api_host=live_server.url, client_key=key, cache_ttl=1)
    made.load_features()
    yield made
    made.destroy()
    feature_repo.clear_cache()


def asked(live, unit):
    return decide(live.key, unit, now=make.NOON, is_counted=False)


def test_growthbooks_sdk_splits_as_we_do(live, people, growthbook):
    shown, reasons = {}, set()
    for unit, segments in people.items():
        growthbook.set_attributes({"id": unit, "segments": segments})
        shown[unit] = growthbook.eval_feature(live.key).value
    for unit in people:
        ours = asked(live, unit)
        reasons.add(ours.reason)
        assert shown[unit]["arm"] == ours.arm, (unit, ours)
        assert shown[unit]["segment"] == ours.segment or ours.reason == "no_segment", unit
    met = {"", "no_segment", "global_holdout", "holdout", "outside_layer", "not_covered", "forced"}
    assert reasons == met


def test_growthbooks_sdk_shows_the_approved_words(live, people, growthbook):
    plan = live_plans.read(live.key)
    for unit, segments in list(people.items())[:60]:
        growthbook.set_attributes({"id": unit, "segments": segments})
        value = growthbook.eval_feature(live.key).value
        ours = asked(live, unit)
        text = plan.text(ours.segment, ours.arm)
        assert value["content"] == dict(text.copy.texts())


def test_growthbooks_remote_evaluation_gives_the_same(live, people, live_server, key):
    feature_repo.clear_cache()
    for unit in list(people)[:40]:
        client = GrowthBook(
            api_host=live_server.url, client_key=key, attributes={"id": unit}, remote_eval=True
        )
        client.load_features()
        assert client.eval_feature(live.key).value["arm"] == asked(live, unit).arm
        client.destroy()


def test_an_openfeature_client_gets_the_same_by_ofrep(live, people, live_server, key):
    provider = OFREPProvider(
        live_server.url, headers_factory=lambda: {"Authorization": f"Bearer {key}"}
    )
    openfeature.set_provider(provider)
    client = openfeature.get_client()
    for unit in list(people)[:100]:
        before = asked(live, unit)
        found = client.get_object_details(live.key, {}, EvaluationContext(targeting_key=unit))
        assert found.error_code is None
        assert (found.variant, found.flag_metadata["experiment"]) == (before.arm, live.key)
    counted = set(Exposure.objects.values_list("unit_id", flat=True))
    assert counted == {unit for unit in list(people)[:100] if asked(live, unit).assignment}


def test_an_openfeature_client_is_told_what_is_wrong(live, live_server, key):
    openfeature.set_provider(OFREPProvider(live_server.url, headers_factory=lambda: {}))
    context = EvaluationContext(targeting_key="c-1")
    unauthorised = openfeature.get_client().get_object_details(live.key, {"a": 1}, context)
    assert (unauthorised.value, unauthorised.error_code.value) == ({"a": 1}, "GENERAL")
    openfeature.set_provider(
        OFREPProvider(live_server.url, headers_factory=lambda: {"X-API-Key": key})
    )
    client = openfeature.get_client()
    assert client.get_object_details("no-such", {}, context).error_code.value == "FLAG_NOT_FOUND"
    missing = client.get_object_details(live.key, {}, EvaluationContext())
    assert missing.error_code.value == "TARGETING_KEY_MISSING"


def test_a_client_over_its_limit_waits(live, live_server):
    secret = api_key_create("SDKs", ["flags"], requests_per_minute=1)[1]
    provider = OFREPProvider(live_server.url, headers_factory=lambda: {"X-API-Key": secret})
    openfeature.set_provider(provider)
    context = EvaluationContext(targeting_key="c-1")
    for _ in range(2):
        openfeature.get_client().get_object_details(live.key, {}, context)
    assert provider.retry_after is not None


def test_growthbooks_sdk_hears_of_a_pause_by_its_stream(live, owner, live_server, key):
    feature_repo.clear_cache()
    client = GrowthBook(api_host=live_server.url, client_key=key, streaming=True, cache_ttl=3600)
    client.load_features()
    assert client.get_features()[live.key].rules
    make.services.campaign_pause(live, actor=owner, now=make.NOON)
    paused = threading.Event()
    for _ in range(100):
        if not client.get_features()[live.key].rules:
            paused.set()
            break
        threading.Event().wait(0.1)
    client.stopAutoRefresh()
    client.destroy()
    feature_repo.clear_cache()
    assert paused.is_set()
