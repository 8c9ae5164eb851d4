"""The pages a marketer works in, beside the admin. Included at the root."""

from __future__ import annotations

from django.urls import path

from web.views import (
    assistant_gaps,
    assistant_quality,
    assistant_sentences,
    assistant_sources,
    campaigns,
    embedding,
    groups,
    inbox,
    launch,
    meanings,
    plans,
    policies,
    portraits,
    recommendations,
    results,
    review,
    segments,
    setup,
    voices,
)

app_name = "web"
urlpatterns = [
    path("campaigns/<int:pk>/", campaigns.campaign, name="campaign"),
    path("campaigns/<int:pk>/write/", campaigns.write, name="write"),
    path("campaigns/<int:pk>/write/stop/", campaigns.stop_writing, name="stop_writing"),
    path("campaigns/<int:pk>/write/again/", campaigns.write_again, name="write_again"),
    path("campaigns/<int:pk>/progress/", campaigns.progress, name="progress"),
    path("campaigns/<int:pk>/launch/", launch.launch, name="launch"),
    path("campaigns/<int:pk>/launch/price/", launch.price, name="launch_price"),
    path("campaigns/<int:pk>/pause/", campaigns.pause, name="pause"),
    path("campaigns/<int:pk>/resume/", campaigns.resume, name="resume"),
    path("campaigns/<int:pk>/ramp/", campaigns.ramp, name="ramp"),
    path("campaigns/<int:pk>/finish/", campaigns.finish, name="finish"),
    path("campaigns/<int:pk>/review/", review.review, name="review"),
    path("campaigns/<int:pk>/review/approve-best/", review.approve_best, name="approve_best"),
    path("campaigns/<int:pk>/review/add/", review.add, name="variant_add"),
    path("campaigns/<int:pk>/review/check/", review.check, name="check"),
    path("campaigns/<int:pk>/results/", results.results, name="results"),
    path("campaigns/<int:pk>/results/refresh/", results.refresh, name="results_refresh"),
    path("campaigns/<int:pk>/results.csv", results.results_csv, name="results_csv"),
    path("campaigns/<int:pk>/setup/", setup.setup, name="setup"),
    path("campaigns/<int:pk>/setup/token/", setup.renew_token, name="renew_token"),
    path("campaigns/<int:pk>/setup/send-list/", setup.send_list, name="send_list"),
    path("variants/<int:pk>/approve/", review.approve, name="variant_approve"),
    path("variants/<int:pk>/reject/", review.reject, name="variant_reject"),
    path("variants/<int:pk>/override/", review.override, name="variant_override"),
    path("variants/<int:pk>/edit/", review.edit, name="variant_edit"),
    path("experiments/<int:pk>/results/", results.experiment_results, name="experiment_results"),
    path("brand-voices/<int:pk>/draft/", voices.voice_draft, name="voice_draft"),
    path("brand-voices/<int:pk>/try/", voices.voice_try, name="voice_try"),
    path("contacts/<int:pk>/portrait/", portraits.portrait, name="portrait"),
    path(
        "contacts/<int:pk>/portrait/correct/", portraits.portrait_correct, name="portrait_correct"
    ),
    path(
        "contacts/<int:pk>/portrait/consent/", portraits.portrait_consent, name="portrait_consent"
    ),
    path(
        "corrections/<int:pk>/withdraw/", portraits.correction_withdraw, name="correction_withdraw"
    ),
    path("groups/", groups.groups, name="groups"),
    path("groups/<int:pk>/", groups.group, name="group"),
    path("groups/<int:pk>/rewrite/", groups.group_rewrite, name="group_rewrite"),
    path("groups/refit/", groups.refit, name="refit"),
    path("groups/refit/progress/", groups.refit_progress, name="refit_progress"),
    path("groups/refit/<int:pk>/cancel/", groups.refit_cancel, name="refit_cancel"),
    path(
        "contacts/<int:pk>/recommendations/",
        recommendations.recommendations,
        name="recommendations",
    ),
    path("assistant/<int:pk>/embed/", embedding.embed, name="embed"),
    path("assistant/<int:pk>/embed/origins/", embedding.embed_origins, name="embed_origins"),
    path("assistant/<int:pk>/embed/secret/", embedding.embed_secret, name="embed_secret"),
    path("assistant/inbox/", inbox.inbox, name="inbox"),
    path("assistant/inbox/list/", inbox.inbox_list, name="inbox_list"),
    path("assistant/inbox/<uuid:key>/", inbox.inbox_conversation, name="inbox_conversation"),
    path("assistant/inbox/<uuid:key>/said/", inbox.inbox_transcript, name="inbox_transcript"),
    path("assistant/inbox/<uuid:key>/take/", inbox.inbox_take, name="inbox_take"),
    path("assistant/inbox/<uuid:key>/release/", inbox.inbox_release, name="inbox_release"),
    path("assistant/inbox/<uuid:key>/reply/", inbox.inbox_reply, name="inbox_reply"),
    path("assistant/inbox/<uuid:key>/solve/", inbox.inbox_solve, name="inbox_solve"),
    path("assistant/inbox/<uuid:key>/return/", inbox.inbox_return, name="inbox_return"),
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plans.plan_new, name="plan_new"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/edit/", plans.plan_edit, name="plan_edit"),
    path("plans/<int:pk>/people/", plans.plan_people, name="plan_people"),
    path("plans/<int:pk>/progress/", plans.plan_progress, name="plan_progress"),
    path("plans/<int:pk>/propose/", plans.plan_propose, name="plan_propose"),
    path("plans/<int:pk>/approve/", plans.plan_approve, name="plan_approve"),
    path("plans/<int:pk>/start/", plans.plan_start, name="plan_start"),
    path("plans/<int:pk>/campaigns/", plans.plan_campaigns, name="plan_campaigns"),
    path("plans/<int:pk>/prove/", plans.plan_prove, name="plan_prove"),
    path("assistant/policies/", policies.policies, name="policies"),
    path("assistant/policies/compare/", policies.policy_trial, name="policy_trial"),
    path("assistant/policies/<int:pk>/live/", policies.policy_live, name="policy_live"),
    path("assistant/policies/<int:pk>/down/", policies.policy_down, name="policy_down"),
    path(
        "assistant/policy-trials/<int:pk>/end/",
        policies.policy_trial_stop,
        name="policy_trial_stop",
    ),
    path("assistant/<int:pk>/gaps/", assistant_gaps.gaps, name="gaps"),
    path("assistant/<int:pk>/gaps/search/", assistant_gaps.gaps_search, name="gaps_search"),
    path("assistant/<int:pk>/gaps/progress/", assistant_gaps.gaps_progress, name="gaps_progress"),
    path(
        "assistant/<int:pk>/gaps/<uuid:key>/answer/", assistant_gaps.gap_answer, name="gap_answer"
    ),
    path(
        "assistant/<int:pk>/gaps/<uuid:key>/dismiss/",
        assistant_gaps.gap_dismiss,
        name="gap_dismiss",
    ),
    path(
        "assistant/<int:pk>/gaps/<uuid:key>/reopen/", assistant_gaps.gap_reopen, name="gap_reopen"
    ),
    path("assistant/<int:pk>/gaps/<uuid:key>/meant/", assistant_gaps.gap_meant, name="gap_meant"),
    path("assistant/messages/<uuid:key>/meaning/", meanings.meaning, name="meaning"),
    path("assistant/<int:pk>/sentences/", assistant_sentences.sentences, name="sentences"),
    path("assistant/<int:pk>/quality/", assistant_quality.quality, name="quality"),
    path("assistant/<int:pk>/quality/now/", assistant_quality.quality_now, name="quality_now"),
    path("assistant/<int:pk>/sources/", assistant_sources.sources, name="sources"),
    path(
        "assistant/<int:pk>/sources/progress/",
        assistant_sources.sources_progress,
        name="sources_progress",
    ),
    path(
        "assistant/<int:pk>/sources/files/", assistant_sources.sources_upload, name="sources_upload"
    ),
    path(
        "assistant/<int:pk>/sources/pages/", assistant_sources.sources_pages, name="sources_pages"
    ),
    path(
        "assistant/<int:pk>/sources/refetch/",
        assistant_sources.sources_refetch,
        name="sources_refetch",
    ),
    path("assistant/<int:pk>/sources/stop/", assistant_sources.sources_stop, name="sources_stop"),
    path(
        "assistant/<int:pk>/sources/pages/<int:page_pk>/remove/",
        assistant_sources.sources_page_remove,
        name="sources_page_remove",
    ),
    path("segments/count/", segments.count, name="segment_count"),
    path("segments/look/", segments.look, name="segment_look"),
    path("segments/examples/", segments.examples, name="segment_examples"),
    path("segments/rules.schema.json", segments.schema, name="segment_schema"),
    path("segments/<int:pk>/panel/", segments.panel, name="segment_panel"),
    path("segments/<int:pk>/build/", segments.build, name="segment_build"),
    path("segments/<int:pk>/build/cancel/", segments.build_cancel, name="segment_build_cancel"),
]
