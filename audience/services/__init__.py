"""Writes of the audience: texts are read, profiles made, clusters found, segments built."""

from __future__ import annotations

from audience.services.addresses import addresses_index
from audience.services.builds import (
    BuildOver,
    build_cancel,
    build_order,
    build_run,
    builds_sweep,
    builds_thin,
)
from audience.services.clusterings import clustering_fit
from audience.services.consents import consents_sweep
from audience.services.corrections import correction_make, correction_withdraw
from audience.services.groups import group_rewrite
from audience.services.heads import profiles_grow_old, purchase_head_fit, sentiment_head_fit
from audience.services.identified import Identified, contacts_identify
from audience.services.profiles import profiles_refresh
from audience.services.refits import refit_cancel, refit_request, refit_run, refits_sweep
from audience.services.segments import segment_build, segments_from_clustering, segments_rebuild
from audience.services.snapshots import segment_snapshot
from audience.services.suppressions import suppressions_follow
from audience.services.texts import ReadSummary, texts_read
from audience.services.understanding import Stage, Understood, audience_understand

__all__ = [
    "BuildOver",
    "Identified",
    "ReadSummary",
    "Stage",
    "Understood",
    "addresses_index",
    "audience_understand",
    "build_cancel",
    "build_order",
    "build_run",
    "builds_sweep",
    "builds_thin",
    "clustering_fit",
    "consents_sweep",
    "contacts_identify",
    "correction_make",
    "correction_withdraw",
    "group_rewrite",
    "profiles_grow_old",
    "profiles_refresh",
    "purchase_head_fit",
    "refit_cancel",
    "refit_request",
    "refit_run",
    "refits_sweep",
    "segment_build",
    "segment_snapshot",
    "segments_from_clustering",
    "segments_rebuild",
    "sentiment_head_fit",
    "suppressions_follow",
    "texts_read",
]
