import pytest

from campaigns import services
from campaigns.cells import angle_cells
from campaigns.errors import CopyBlocked, NotPermitted
from campaigns.models import GuardrailOverride, Variant
from core.errors import InputRefused
from core.models import AuditEntry
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NOW = make.NOON
REASON = "Legal has cleared this figure, ticket 812"
INVENTED = make.human_copy("90% off everything")


@pytest.fixture
def variant(teammate):
    campaign = make.campaign()
    cell = angle_cells(campaign)[0]
    return services.variant_create(campaign, cell.segment, cell.angle, INVENTED, actor=teammate)


def overrule(variant, actor, rule="facts.percent", reason=REASON):
    return services.finding_override(variant, rule, reason=reason, actor=actor, now=NOW)


def test_what_was_let_pass_may_be_approved_and_says_who_and_why(variant, owner):
    overrule(variant, owner)
    (finding,) = [one for one in variant.findings if one["severity"] == "block"]
    assert finding["override"] == {"reason": REASON, "by": "olivia"}
    services.variant_approve(variant, actor=owner, now=NOW)
    variant.refresh_from_db()
    assert variant.status == "approved"
    assert any(finding.get("override") for finding in variant.findings)


def test_it_is_audited_when_made_and_when_approved(variant, owner):
    overrule(variant, owner)
    services.variant_approve(variant, actor=owner, now=NOW)
    made = AuditEntry.objects.get(action="finding_override")
    approved = AuditEntry.objects.get(action="variant_approve")
    assert (made.actor, made.detail["rule"], made.detail["reason"]) == (
        owner,
        "facts.percent",
        REASON,
    )
    assert approved.detail["overruled"] == [
        {"rule": "facts.percent", "reason": REASON, "by": "olivia"}
    ]


def test_it_takes_a_right_of_its_own(variant, teammate):
    with pytest.raises(NotPermitted, match=r"campaigns\.override_guardrail"):
        overrule(variant, teammate)
    assert not GuardrailOverride.objects.exists()


@pytest.mark.parametrize(
    ("reason", "words"), [("", "say in a few words"), (" ok  ", "say in"), ("x" * 301, "keep it")]
)
def test_it_takes_a_reason(variant, owner, reason, words):
    with pytest.raises(InputRefused, match=words) as refused:
        overrule(variant, owner, reason=reason)
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<p>Hi {{ vip_code }}</p>", "tags.extra"),
        ("<p>Hi</p><script>x</script>", "markup.element"),
        ("<p>Pay to 4111 1111 1111 1111</p>", "personal.card"),
        ("<p>Write to me@evil.example</p>", "facts.email"),
    ],
)
def test_nobody_overrules_tags_markup_and_personal_data(variant, owner, body, rule):
    services.variant_edit(variant, make.human_copy(body=body), actor=owner, now=NOW)
    with pytest.raises(CopyBlocked, match="cannot be overruled by anybody"):
        overrule(variant, owner, rule=rule)


def test_a_rule_that_does_not_block_needs_no_override(variant, owner):
    with pytest.raises(InputRefused, match=r"nothing of “facts\.money” blocks"):
        overrule(variant, owner, rule="facts.money")


def test_another_edit_asks_for_it_again(variant, owner):
    overrule(variant, owner)
    services.variant_edit(variant, make.human_copy("90% off everything!"), actor=owner, now=NOW)
    with pytest.raises(CopyBlocked, match="90%"):
        services.variant_approve(variant, actor=owner, now=NOW)


def test_what_else_blocks_still_blocks(variant, owner):
    services.variant_edit(variant, make.human_copy("90% off for $5"), actor=owner, now=NOW)
    overrule(variant, owner)
    with pytest.raises(CopyBlocked, match=r"\$5"):
        services.variant_approve(variant, actor=owner, now=NOW)


def test_a_campaign_goes_live_with_what_was_let_pass(owner):
    campaign = make.reviewed_campaign(owner)
    variant = campaign.variants.exclude(angle="control").first()
    services.variant_edit(variant, INVENTED, actor=owner, now=NOW)
    overrule(variant, owner)
    services.variant_approve(variant, actor=owner, now=NOW)
    services.campaign_launch(campaign, actor=owner, now=NOW)
    campaign.refresh_from_db()
    assert campaign.status == "live"


def test_the_launch_reads_the_frozen_text_again(owner):
    campaign = make.reviewed_campaign(owner)
    variant = campaign.variants.exclude(angle="control").first()
    Variant.objects.filter(pk=variant.pk).update(subject=INVENTED.subject)
    with pytest.raises(CopyBlocked, match="cannot go live"):
        services.campaign_launch(campaign, actor=owner, now=NOW)


def test_copy_that_repeats_the_control_is_refused(variant, owner):
    control = make.control_of(variant.campaign)
    again = make.human_copy(**{
        "subject": control.subject, "preheader": control.preheader, "body": control.body,
        "call_to_action": control.call_to_action,
    })  # fmt: skip
    services.variant_edit(variant, again, actor=owner, now=NOW)
    with pytest.raises(CopyBlocked, match="same as the control"):
        services.variant_approve(variant, actor=owner, now=NOW)


def test_a_contacts_full_name_does_not_get_into_copy(variant, owner):
    make.contact(first_name="Zenobia", last_name="Quince", segments=[variant.segment])
    named = make.human_copy(body="<p>Zenobia Quince loved it.</p>")
    services.variant_edit(variant, named, actor=owner, now=NOW)
    assert "personal.name" in {finding["rule"] for finding in variant.findings}


def test_what_was_sent_to_the_same_people_before_is_a_warning(owner):
    segment = make.segment("knits")
    make.live_campaign(owner, segments=[segment], angles=["urgency"])
    campaign = make.campaign(segments=[segment], angles=["urgency"])
    cell = angle_cells(campaign)[0]
    again = services.variant_create(campaign, segment, "urgency", make.cell_copy(cell), actor=owner)
    services.variant_approve(again, actor=owner, now=NOW)
    assert "duplicates.recent" in {finding["rule"] for finding in again.findings}


def test_reading_many_candidates_costs_no_more_queries_for_each(
    owner, django_assert_max_num_queries
):
    campaign = make.campaign(angles=["urgency"], segments=[make.segment("knits")])
    cell = angle_cells(campaign)[0]
    for number in "abcdefghij":
        words = f"dresses, take {number}"
        services.variant_create(
            campaign, cell.segment, cell.angle, make.human_copy(words), actor=owner
        )
    with django_assert_max_num_queries(60):
        services.variants_approve_best(campaign, actor=owner, now=NOW)
