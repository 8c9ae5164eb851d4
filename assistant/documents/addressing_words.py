"""How texts speak to a program that reads them, by language. Pure; all in small letters."""

from __future__ import annotations

import re

_PROGRAM = (
    r"(?:ai|a\.i\.|llms?|chat ?bots?|(?:ai|virtual|chat|digital) assistants?|assistants?|"
    r"(?:large )?language models?|gpt\S*|chatgpt|claude|gemini|copilot)"
)
_QUALIFIED = (
    r"(?:all|any|every|previous|prior|above|earlier|preceding|former|foregoing|existing|initial|"
    r"original|your|these|those|safety|system)"
)
_RULES = (
    r"(?:instructions?|rules?|prompts?|guidelines?|directions?|directives?|orders?|commands?|"
    r"programming|training|constraints?|restrictions?|context|messages?)"
)
_ENGLISH = [
    rf"\b(?:ignore|disregard|forget|override|bypass|overlook|neglect|discard|drop)\b"
    rf"(?:\W+\w+){{0,4}}?\W+{_QUALIFIED}\b(?:\W+\w+){{0,4}}?\W+{_RULES}\b",
    rf"\b(?:ignore|disregard|forget|override|bypass)\b(?:\W+\w+){{0,4}}?\W+{_RULES}"
    r"(?:\W+\w+){0,3}?\W+(?:above|before|so far|given|you were|you have)\b",
    r"\b(?:ignore|disregard|forget|override)\b(?:\W+\w+){0,3}?\W+(?:everything|anything|what)\b"
    r"(?:\W+\w+){0,4}?\W+(?:above|before|told|said|previously)\b",
    r"\b(?:reveal|print|repeat|output|leak|disclose|display|show|send|give|tell|translate)\b"
    r"(?:\W+\w+){0,4}?\W+(?:your|the|its)\W+(?:\w+\W+)?(?:system|hidden|initial|secret|original)"
    r"\W+(?:\w+\W+)?(?:prompt|instructions?|rules?|messages?)\b",
    r"\b(?:reveal|print|repeat|output|leak|disclose)\b(?:\W+\w+){0,3}?\W+your\W+(?:\w+\W+)?"
    r"(?:prompt|instructions?|rules?)\b",
    r"\bas an? (?:ai|a\.i\.|llm|language model|chat ?bot)\b",
    rf"\bif you(?: are|'re| were)\W+(?:an? |the )?{_PROGRAM}\b",
    rf"\b(?:note|message|instructions?|attention|important|notice|reminder|memo)\W+(?:to|for)\W+"
    rf"(?:the |any |all |an? )?{_PROGRAM}\b",
    rf"(?:^|[.!?:]\s)(?:dear|hey|hi|hello|attention)\W+(?:the )?{_PROGRAM}\b",
    rf"(?<!shop )(?<!sales )(?<!store )\b{_PROGRAM} (?:must|should|shall|has to|have to|needs? to|"
    r"is to|are to|is instructed|reading this|processing this|who reads?|that reads?)\b",
    rf"\byou are (?:now|no longer) (?:an? |the |in |bound |called )?(?:\w+ )?"
    rf"(?:{_PROGRAM}|dan|developer mode|jailbroken|unrestricted|uncensored|by|bound|admin\w*|"
    r"root)\b",
    r"\bfrom now on,? (?:you (?:are|must|will|shall|only) (?:\w+ )?)?"
    r"(?:answer|respond|reply|act|behave|pretend|obey|ignore|say|speak)\b",
    r"\b(?:new|updated|real|actual|secret|hidden)(?: system)? "
    r"(?:instructions?|prompt|directives?)\s*:",
    r"\bsystem (?:prompt|override|message|instruction)s?\b",
    r"\b(?:developer|debug|god|dan|admin|jailbreak) mode\b|\bjailbreak|\bdo anything now\b",
    r"\bpretend (?:to be|you are|that you)\b|\brole-?play as\b",
    r"\bact as (?:if|though|an? (?:ai|unrestricted|different|linux|admin\w*|root))\b",
    r"\b(?:when|if|whenever) (?:you are |you're |a (?:user|customer|visitor) |anyone |someone |"
    r"users? |the (?:user|customer|visitor) )?asks?(?:ed)?\b[^.]{0,80}?,? "
    r"(?:always |only |you must |please )?(?:answer|reply|respond|say)\b",
    r"\b(?:tell|inform|convince) (?:the|every|each|all|any) (?:users?|customers?|visitors?)\b",
    r"\b(?:say|answer|reply|respond|output|write) (?:only|exactly|nothing but|with only)\b",
    r"\b(?:append|add|include|insert) (?:this|the following|a) (?:link|url|image|text|sentence)"
    r"(?:\W+\w+){0,4}?\W+(?:answers?|repl(?:y|ies)|responses?|messages?)\b",
]
# Marks of a chat's turns and of our own prompt: in no page for readers.
_TURNS = [
    r"<\|[\w ]{2,30}\|>|\[/?inst\]|<</?sys>>|</?(?:system|assistant|human|data|instructions?)>",
    r"#{2,}\s*(?:system|instructions?|assistant|response|human)\b",
    r"(?:^|\s)(?:system|assistant|developer|human|ai|user)\s*:\s*(?:you\b|ignore|reveal|answer|reply|"
    r"respond|say|tell|output|from now|new\b|sure\b|of course|i will|the user|all\b|always|never)",
]


def _both(verbs: str, nouns: str) -> str:
    """Verb and noun near each other, whichever comes first."""
    return rf"(?:{verbs})\b.{{0,60}}?\b(?:{nouns})|(?:{nouns})\w*\b.{{0,40}}?\b(?:{verbs})"


_OTHERS = [
    _both(
        r"\b(?:ignorier\w*|vergiss|vergessen sie|missacht\w*)",
        r"anweisung\w*|instruktion\w*|regeln",
    ),
    _both(r"\b(?:ignore[zr]?|ignorer|oublie[zr]?)", r"instructions|consignes|directives"),
    _both(r"\b(?:ignor[ae]n?|olvid[ae]n?|omit[ae])", r"instrucciones|indicaciones|órdenes"),
    _both(r"\b(?:ignora(?:te)?|dimentica(?:te)?)", r"istruzioni|regole"),
    _both(r"\b(?:ignor[ae]m?|esque[çc]a)", r"instruções|regras"),
    _both(r"\b(?:negeer|vergeet)", r"instructies|aanwijzingen|regels"),
    _both(
        r"\b(?:ignorera|ignorer|glöm|glem)",
        r"instruktioner\w*|instruksjoner\w*|instrukser\w*|reglerna",
    ),
    _both(r"\b(?:zignoruj|ignoruj|zapomnij)", r"instrukcj\w+|polece\w+|zasad\w*"),
    _both(r"\b(?:игнорируй\w*|проигнорируй\w*|забудь\w*)", r"инструкци\w+|указани\w+|правил\w*"),
    _both(r"\b(?:ігноруй\w*|забудь\w*)", r"інструкці\w+|вказівк\w+"),
    r"talimatları\w*.{0,40}(?:yok say|görmezden gel|unut)",
    r"(?:忽略|无视|無視|忘记|忘掉).{0,20}(?:指令|指示|说明|說明|规则|規則|命令)",
    r"(?:指示|命令|ルール).{0,12}(?:無視|忘れ)",
    r"(?:이전|위의|모든).{0,12}(?:지시|명령|규칙).{0,12}(?:무시|잊)",
    r"(?:تجاهل|انس).{0,30}(?:التعليمات|الأوامر|القواعد)",
    r"निर्देशों.{0,30}(?:अनदेखा|नज़रअंदाज़)",
]
PATTERNS = tuple(re.compile(one, re.DOTALL) for one in [*_ENGLISH, *_TURNS, *_OTHERS])

_ALIKE = {
    "a": "аɑα@", "b": "ЬƄ", "c": "сϲ", "d": "ԁɗ", "e": "еєё3", "g": "ɡ9", "h": "һ", "i": "іι1ı",
    "j": "ј", "k": "κк", "l": "ӏⅼ|", "m": "м", "n": "ոп", "o": "оοσ0", "p": "рρ", "q": "ԛ",
    "r": "г", "s": "ѕ5$", "t": "тτ", "u": "υս",
    "v": "ѵν", "w": "ԝω", "x": "хχ", "y": "уγ", "z": "ᴢ",
}  # fmt: skip
LOOKALIKES = {ord(other): letter for letter, others in _ALIKE.items() for other in others}
