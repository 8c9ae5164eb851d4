"""Writes of the audience: texts are read, profiles made, clusters found, segments built."""

from __future__ import annotations

from audience.services.addresses import addresses_index
from audience.services.clusterings import clustering_fit
from audience.services.identified import Identified, contacts_identify
from audience.services.profiles import profiles_refresh
from audience.services.segments import segment_build, segments_from_clustering, segments_rebuild
from audience.services.suppressions import suppressions_follow
from audience.services.texts import ReadSummary, texts_read
from audience.services.understanding import Stage, Understood, audience_understand

__all__ = [
    "Identified",
    "ReadSummary",
    "Stage",
    "Understood",
    "addresses_index",
    "audience_understand",
    "clustering_fit",
    "contacts_identify",
    "profiles_refresh",
    "segment_build",
    "segments_from_clustering",
    "segments_rebuild",
    "suppressions_follow",
    "texts_read",
]
