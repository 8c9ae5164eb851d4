"""Writes of the campaigns app: one use case, one function, one transaction."""

from campaigns.services.campaigns import (
    campaign_finish,
    campaign_generate,
    campaign_launch,
    campaign_pause,
    campaign_ramp,
    campaign_resume,
    campaign_token_renew,
    default_metrics,
    experiment_of,
)
from campaigns.services.drafts import campaigns_sweep, variants_collect
from campaigns.services.overrides import finding_override
from campaigns.services.plan_campaigns import PlannedCampaigns, plan_campaigns_make
from campaigns.services.plan_work import plan_work, plans_sweep
from campaigns.services.plans import (
    plan_approve,
    plan_change,
    plan_create,
    plan_propose,
    plan_prove,
    plan_start,
)
from campaigns.services.plans_kept import plan_archive, plan_copy, plan_delete, plan_restore
from campaigns.services.variants import (
    variant_approve,
    variant_create,
    variant_edit,
    variant_reject,
    variants_approve_best,
)
from campaigns.services.voices import brand_voice_keep, brand_voice_save
from campaigns.services.writing import campaign_write_again

__all__ = [
    "PlannedCampaigns",
    "brand_voice_keep",
    "brand_voice_save",
    "campaign_finish",
    "campaign_generate",
    "campaign_launch",
    "campaign_pause",
    "campaign_ramp",
    "campaign_resume",
    "campaign_token_renew",
    "campaign_write_again",
    "campaigns_sweep",
    "default_metrics",
    "experiment_of",
    "finding_override",
    "plan_approve",
    "plan_archive",
    "plan_campaigns_make",
    "plan_change",
    "plan_copy",
    "plan_create",
    "plan_delete",
    "plan_propose",
    "plan_prove",
    "plan_restore",
    "plan_start",
    "plan_work",
    "plans_sweep",
    "variant_approve",
    "variant_create",
    "variant_edit",
    "variant_reject",
    "variants_approve_best",
    "variants_collect",
]
