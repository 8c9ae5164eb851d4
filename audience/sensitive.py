"""What is never inferred about a person (GDPR, art. 9). Pure.

A word list cannot understand a text, so it errs on the side of silence: a phrase with one of these
words is never an interest, and never part of a name or portrait.
"""

from __future__ import annotations

import re

SENSITIVE_WORDS = {
    "health": """
        pregnant pregnancy maternity postpartum nursing breastfeed breastfeeding breastfed
        trimester miscarriage
        bump csection cancer chemo chemotherapy mastectomy tumor tumour diabetes diabetic insulin
        disabled disability
        wheelchair crutch prosthesis prosthetic depressed depression anxiety anxious bipolar autism
        autistic adhd
        ptsd therapy therapist surgery surgical illness disease diagnosis diagnosed medication
        medicine medical
        hospital doctor nurse patient arthritis asthma eczema psoriasis allergy allergic epilepsy
        hiv aids
        menopause menopausal infertility ivf ostomy scoliosis fibromyalgia lupus obese obesity
        anorexia bulimia
        rehab addiction alcoholic sobriety dementia alzheimer hysterectomy diet dieting
    """,
    "religion": """
        church christian christianity catholic protestant evangelical baptist mormon lds jesus
        christ god bible
        prayer pray communion baptism christening confirmation priest pastor nun muslim islam
        islamic mosque
        hijab burka burqa niqab ramadan eid quran halal jew jewish judaism synagogue rabbi kosher
        torah shabbat
        hanukkah passover bar-mitzvah bat-mitzvah mitzvah hindu hinduism sikh turban buddhist
        buddhism temple atheist
        religion religious faith worship easter lent
    """,
    "ethnicity": """
        ethnic ethnicity race racial caucasian african-american african asian hispanic latina
        latino latinx arab
        arabic indigenous native-american roma gypsy immigrant migrant refugee biracial nationality
        dark-skinned light-skinned skinned complexion
    """,
    "politics": """
        politics political politician democrat democratic republican liberal conservative socialist
        communist
        fascist trump biden obama clinton election vote voter campaigner union unionist protest
        activist brexit
    """,
    "sexuality": """
        gay lesbian bisexual homosexual heterosexual queer lgbt lgbtq trans transgender transsexual
        nonbinary
        non-binary sexuality asexual drag-queen same-sex coming-out
    """,
}

_ALL = frozenset(word for words in SENSITIVE_WORDS.values() for word in words.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def is_sensitive(text: str) -> bool:
    """Whether a phrase touches what must not be inferred; plurals and parts of hyphenated words
    count.

    >>> is_sensitive("maternity dress"), is_sensitive("baby bumps"), is_sensitive("wide legs")
    (True, True, False)
    """
    return any(_is_listed(word) for word in _WORD.findall(text.lower()))


def _is_listed(word: str) -> bool:
    forms = {word, word.removesuffix("s"), word.removesuffix("es"), *word.split("-")}
    return not forms.isdisjoint(_ALL)
