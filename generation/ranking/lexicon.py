"""The words that the named features look for. Small on purpose: each list is read by people."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "second_person": "you your yours yourself you're you'll you've you'd ya u",
        "first_person": "i me my mine myself i'm i've i'd i'll",
        "we": "we us our ours ourselves we're we've we'll",
        "he_or_she": "he she him her his hers himself herself he's she's he'd she'd he'll she'll",
        "they": "they them their theirs themselves they're they've they'd",
        "pointing_this": "this these here here's",
        "pointing_that": "that those there there's",
        "it": "it its it's itself",
        "why": "why reason reasons because",
        "how": "how",
        "what": "what what's whatever which",
        "when_if": "when if until before after while once",
        "negation": "no not never none nothing nobody don't doesn't didn't isn't aren't wasn't "
        "won't wouldn't can't cannot couldn't shouldn't ain't without",
        "extreme": "ever every everyone everything always all only just most best worst "
        "greatest biggest entire whole totally completely absolutely literally perfect",
        "positive": "love beautiful amazing awesome great good happy best wonderful brilliant "
        "incredible inspiring hope funny hilarious fun cute adorable sweet gorgeous win wins "
        "hero heroes perfect brave smart proud joy smile fantastic cool kind",
        "negative": "bad worst hate wrong terrible horrible awful evil sad ugly scary fear afraid "
        "angry shame stupid dumb crazy insane sick sickening disgusting lie lies lying dead die "
        "dies died death kill kills killed killing dying hurt pain abuse rape racist sexist war "
        "bully bullied bullies bullying cry tears crying",
        "surprise": "shocking shocked surprise surprising surprised unexpected stunning stunned "
        "whoa wow omg unbelievable believe mind-blowing jaw-dropping speechless suddenly twist "
        "turns secret secrets weird strange bizarre",
        "hedge": "maybe might could perhaps probably seems pretty kinda sort almost some",
        "family": "mom mother dad father parents parent son daughter kid kids child children baby "
        "babies brother sister husband wife family grandma grandpa girl girls boy boys teen "
        "teens teenager",
        "people": "man men woman women guy guys people person lady dude folks",
        "watching": "watch see look looks video photo photos picture pictures listen hear heard "
        "meet read check",
        "thinking": "think know knew thought realize understand learn imagine wonder remember "
        "guess tell tells told say says said explain explains explained",
        "new_and_now": "new now today finally latest just-in tonight tomorrow next soon",
        "offer": "free save sale off discount deal gift win bonus % offer cheap",
        "urgency": "now last hurry ends ending today only hours minutes deadline before",
        "money": "money dollars $ pay paid buy cost costs rich poor millionaire billion million "
        "billionaire price tax taxes",
        "politics": "congress senator president obama republican republicans democrat democrats "
        "gop politician politicians vote law government political fox news",
        "science": "science scientist scientists study research data statistics math graph chart "
        "map facts fact",
        "cause": "equality rights gay climate feminism feminist racism sexism environment poverty "
        "gender activist justice",
        "make_and_get": "make makes made get gets got give gives gave take takes took put let lets",
        "interjection": "whoa wow omg oh hey yes yep nope ouch yikes sigh um uh hmm wait so well",
        "vague_noun": "thing things something stuff way ways part moment story reaction answer "
        "point seconds second idea",
        "contrast": "but however yet instead though although than unless",
        "linking": "and or with of in on for to at from by as into about",
        "articles": "the a an",
    }.items()
}

_SMALL = """
the a an and or but of in on at to for from by with as is are was were be been being it its
this that these those he she they we you i his her their our your my him them us me not no
do does did has have had will would can could should may might if when what who how why
which there here so than then just about into out up down over after before
"""
FUNCTION_WORDS = frozenset(_SMALL.split())
