from datetime import timedelta
from pathlib import Path

import experiments.health
from experiments.health import CHECKS, GoalLift, StrangeArm, examine
from tests.experiments.health.contexts import NOW, active, cell, context


def test_a_test_in_good_health_has_no_finding():
    assert examine(context()) == ()


def test_findings_come_worst_first():
    found = examine(
        context(
            cells=(cell("control", 100), cell("urgency", 200)),
            strange_arms=(StrangeArm(key="urgancy", times=5, last_seen_at=NOW),),
        )
    )
    assert [(one.check, one.severity) for one in found] == [
        ("split", "blocks"),
        ("mismatched_arms", "warning"),
        ("too_little", "note"),
    ]


def test_every_check_has_a_file_of_its_own_and_is_registered():
    folder = Path(experiments.health.__file__).parent
    files = {
        path.stem for path in folder.glob("*.py") if f"def check_{path.stem}(" in path.read_text()
    }
    assert files == {check.__name__.removeprefix("check_") for check in CHECKS}
    assert len(files) == 9


def test_a_finding_is_named_after_its_check():
    spoilt = context(
        cells=(cell("control", 100), cell("urgency", 200)),
        goals=(GoalLift(metric="Orders", arm="urgency", lift=0.9, is_significant=True),),
        counted=active(0, 1, 2, last=2),
        now=NOW + timedelta(days=1),
    )
    names = {check.__name__.removeprefix("check_") for check in CHECKS}
    assert {finding.check for finding in examine(spoilt)} <= names
