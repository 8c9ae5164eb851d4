"""Backends for tests, named in job rows as `python:tests.generation.backends.<class>`."""

from __future__ import annotations

import time

from inference.generators import never_stop, text_generator


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


not_a_class = "text"
