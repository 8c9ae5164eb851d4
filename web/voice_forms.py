"""The forms around a brand voice: past copy goes in, a proposal comes out, a sample is written."""

from __future__ import annotations

from django import forms

from campaigns.models import BrandVoice, Template
from generation.angles import ANGLES
from generation.voices import CHARACTERS_MAX, VoiceProposal

INPUT = {"class": "cl-input"}
AREA = {"class": "cl-input cl-input-body"}
SENTENCES_OFFERED = 20


class PastCopyForm(forms.Form):
    texts = forms.CharField(
        label="Past copy",
        max_length=CHARACTERS_MAX,
        help_text="Paste what the brand has sent: whole emails, one after another. Ten texts tell "
        "more than one. Nothing leaves this server, and the paste itself is not kept.",
        widget=forms.Textarea(AREA | {"rows": 14}),
    )


class ProposalForm(forms.Form):
    """What was read from past copy, for a person to change before it is saved."""

    tone = forms.ChoiceField(choices=BrandVoice.Tone.choices, widget=forms.Select(INPUT))
    descriptors = forms.CharField(required=False, widget=forms.Textarea(AREA | {"rows": 3}))
    banned_terms = forms.CharField(
        required=False,
        label="Never says",
        help_text="Comma-separated. A text with one of these cannot be approved.",
        widget=forms.TextInput(INPUT),
    )
    examples = forms.CharField(
        required=False,
        label="Example sentences",
        help_text="One a line: take out what is not true of every message.",
        widget=forms.Textarea(AREA | {"rows": 8}),
    )

    def apply_to(self, voice: BrandVoice) -> BrandVoice:
        """The voice as the form says, not saved."""
        said = self.cleaned_data
        voice.tone, voice.descriptors = said["tone"], said["descriptors"]
        terms = (term.strip() for term in said["banned_terms"].split(","))
        voice.banned_terms = list(dict.fromkeys(term for term in terms if term))
        voice.examples = said["examples"].replace("\r\n", "\n").strip()
        return voice


def proposal_form(voice: BrandVoice, found: VoiceProposal) -> ProposalForm:
    """What the voice says already, and what was found beside it."""
    ends = [
        f"{name} “{one.value}”"
        for name, one in (("greets with", found.greeting), ("signs off with", found.sign_off))
        if one
    ]
    habits = ", ".join([*(one.value for one in found.descriptors), *ends])
    descriptors = habits[:1].upper() + habits[1:]
    known = voice.examples.splitlines()
    return ProposalForm(
        initial={
            "tone": found.tone.value if found.tone else voice.tone,
            "descriptors": ". ".join(filter(None, [voice.descriptors.rstrip("."), descriptors])),
            "banned_terms": ", ".join(
                dict.fromkeys([*voice.banned_terms, *(one.value for one in found.banned)])
            ),
            "examples": "\n".join(
                dict.fromkeys([*known, *found.sentences[:SENTENCES_OFFERED]])
            ).strip(),
        }
    )


class TrialForm(forms.Form):
    template = forms.ModelChoiceField(
        Template.objects.order_by("name"), widget=forms.Select(INPUT), empty_label=None
    )
    angle = forms.ChoiceField(
        choices=[(angle.key, angle.name) for angle in ANGLES.values()], widget=forms.Select(INPUT)
    )
