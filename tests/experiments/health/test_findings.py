import json

from experiments.health import Finding


def test_a_finding_is_json_as_the_results_keep_it():
    finding = Finding(
        check="bots",
        severity="note",
        title="Some robots",
        sentence="Three people are robots.",
        cure="Leave them out.",
        stage="log",
        evidence={"bot_like": 3, "share": 0.25},
    )
    assert json.loads(json.dumps(finding.to_json())) == {
        "check": "bots",
        "severity": "note",
        "title": "Some robots",
        "sentence": "Three people are robots.",
        "cure": "Leave them out.",
        "stage": "log",
        "evidence": {"bot_like": 3, "share": 0.25},
    }
