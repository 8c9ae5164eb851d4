from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from generation.services.drafting import write_drafts
from inference.generators import GeneratedText, GenerationRequest, Usage
from tests.factories.generation import brief, copy


@dataclass
class HaltingGenerator:
    """Gives an unreadable answer in the first round, a good one in the second."""

    name: str = "halting"
    revision: str = "1"
    requests: list[GenerationRequest] = field(default_factory=list)

    def generate(self, requests, *, should_stop=lambda: False) -> Iterator[GeneratedText]:
        self.requests += requests
        for request in requests:
            if len(self.requests) == 1:
                failure = "The answer is not one JSON object"
                yield GeneratedText(request.key, 0, {}, request.seed, failure)
            else:
                usage = Usage(prompt_tokens=300, new_tokens=80, seconds=0.5, cost=0.01)
                fields = copy().to_json()
                yield GeneratedText(request.key, 0, fields, request.seed, usage=usage)


def written(generator, **options):
    asked = [brief("a/urgency")]
    desks = write_drafts(
        asked, generator, candidates=1, seed=1, should_stop=lambda: False, **options
    )
    return desks["a/urgency"]


def test_an_answer_that_cannot_be_read_is_counted_and_asked_for_again():
    generator = HaltingGenerator()
    desk = written(generator)
    assert len(desk.drafts) == 1
    assert desk.rules == {"generator.failure": 1}
    assert "not one JSON object" in generator.requests[1].prompt


def test_what_a_text_took_is_kept_with_it():
    (draft,) = written(HaltingGenerator()).drafts
    assert draft.provenance["usage"] == {
        "prompt_tokens": 300,
        "new_tokens": 80,
        "seconds": 0.5,
        "cost": 0.01,
    }


def test_a_request_says_whose_it_is_and_what_it_shares():
    generator = HaltingGenerator()
    written(generator, job="7")
    first, second = generator.requests
    assert first.job == second.job == "7"
    assert first.prompt[: first.shared] == second.prompt[: second.shared]
    assert first.shared > 100
    assert '"urgency"' in first.prompt[first.shared :]
    assert '"urgency"' not in first.prompt[: first.shared]
