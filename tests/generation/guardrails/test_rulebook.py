from __future__ import annotations

import re
from pathlib import Path

from generation.guardrails import RULEBOOK

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reference" / "guardrails.md"
TOPICS = "|".join({name.split(".")[0] for name in RULEBOOK})
NAMED = re.compile(rf'"((?:{TOPICS})\.[a-z_]+)"')


def test_the_reference_page_lists_every_rule_as_the_rulebook_has_it():
    rows = re.findall(r"^\| `([a-z_.]+)` \| ([a-z ]+) \| (.+?) \| ", PAGE.read_text(), re.MULTILINE)
    expected = [
        (name, " or ".join(rule.severities), overruled(rule)) for name, rule in RULEBOOK.items()
    ]
    assert rows == expected


def overruled(rule):
    blocking = "with a reason" if rule.can_override else "**never**"
    return blocking if "block" in rule.severities else "not needed"


def test_every_rule_the_code_names_is_in_the_rulebook():
    sources = [path.read_text() for path in (ROOT / "generation" / "guardrails").glob("*.py")]
    named = {name for source in sources for name in NAMED.findall(source)}
    assert named - RULEBOOK.keys() == {"made.up"} & named
