"""Backends for tests, named in job rows as `python:tests.generation.backends.<class>`."""

from __future__ import annotations

import re
import time

from generation.briefs import Copy
from inference.generators import BudgetSpent, GeneratedText, Usage, never_stop, text_generator


class SlowGenerator:
    """The composer, as slow as a large model on a small machine."""

    name = "slow"
    revision = "1"
    seconds_per_request = 0.08

    def generate(self, requests, *, should_stop=never_stop):
        for request in requests:
            time.sleep(self.seconds_per_request)
            yield from text_generator("composer").generate([request], should_stop=should_stop)


class BrokenGenerator:
    """A backend whose machine is on fire."""

    name = "broken"
    revision = "1"

    def generate(self, requests, *, should_stop=never_stop):
        raise OSError("the card has left the bus")


class LyingGenerator:
    """Invents a discount in all it writes."""

    name = "lying"
    revision = "1"

    def generate(self, requests, *, should_stop=never_stop):
        for request in requests:
            for text in text_generator("composer").generate([request]):
                yield type(text)(
                    text.key,
                    text.position,
                    {**text.fields, "subject": "90% off, {{ first_name | default: 'there' }}"},
                    text.seed,
                )


class CarelessGenerator:
    """Gets the first seed of each brief wrong, and every later one right."""

    name = "careless"
    revision = "1"

    def __init__(self):
        self.keys_seen = set()

    def generate(self, requests, *, should_stop=never_stop):
        for request in requests:
            if request.key in self.keys_seen:
                yield from text_generator("composer").generate([request])
            self.keys_seen.add(request.key)


class TemplateGenerator:
    """Says something else around the template's tags, in any channel; counts what it took."""

    name = "template"
    revision = "1"
    parameters = {"temperature": 0.7}
    words = ("Cosy evenings ahead", "Autumn calls softly", "Wool feels like home")

    def generate(self, requests, *, should_stop=never_stop):
        for request in requests:
            template = Copy.from_json(request.controls["template"])
            for position, words in enumerate(self.words[: request.count]):
                fields = {name: self.said(words, text) for name, text in template.texts()}
                usage = Usage(prompt_tokens=100, new_tokens=20, seconds=0.5, cost=0.001)
                yield GeneratedText(request.key, position, fields, request.seed, usage=usage)

    def said(self, words, text):
        tags = "".join(f" {tag}" for tag in re.findall(r"{{.*?}}", text))
        ending = " Fern & Finch. STOP to opt out" if "STOP" in text else ""
        return f"{words}{tags}{ending}"


not_a_class = "text"


class PoorGenerator:
    """Has spent what it may before it begins."""

    name = "poor"
    revision = "1"

    def generate(self, requests, *, should_stop=never_stop):
        raise BudgetSpent("the job may cost 1.00, and that is spent")


class LoadingGenerator:
    """The composer, and what was claimed while its weights were read."""

    name = "loading"
    revision = "1"
    claimed_while_loading: list[int] = []

    def load(self):
        from generation.models import BriefRecord

        self.claimed_while_loading.append(BriefRecord.objects.filter(status="claimed").count())

    def generate(self, requests, *, should_stop=never_stop):
        yield from text_generator("composer").generate(requests, should_stop=should_stop)
