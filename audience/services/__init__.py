"""Writes of the audience: texts are read, profiles made, clusters found, segments built."""

from __future__ import annotations

from audience.services.builds import (
    BuildOver,
    build_cancel,
    build_order,
    build_run,
    builds_sweep,
    builds_thin,
)
from audience.services.clusterings import clustering_fit
from audience.services.profiles import profiles_refresh
from audience.services.segments import segment_build, segments_from_clustering, segments_rebuild
from audience.services.snapshots import segment_snapshot
from audience.services.texts import ReadSummary, texts_read
from audience.services.understanding import Stage, Understood, audience_understand

__all__ = [
    "BuildOver",
    "ReadSummary",
    "Stage",
    "Understood",
    "audience_understand",
    "build_cancel",
    "build_order",
    "build_run",
    "builds_sweep",
    "builds_thin",
    "clustering_fit",
    "profiles_refresh",
    "segment_build",
    "segment_snapshot",
    "segments_from_clustering",
    "segments_rebuild",
    "texts_read",
]
