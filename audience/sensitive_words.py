"""English words and expressions of GDPR art. 9, and what only sounds like them."""

from __future__ import annotations

SENSITIVE_WORDS = {
    "health": """
        pregnant pregnancy maternity postpartum nursing breastfeed breastfeeding breastfed trimester
        miscarriage bump csection cancer chemo chemotherapy mastectomy lumpectomy tumor tumour
        diabetes diabetic insulin disabled disability wheelchair crutch prosthesis prosthetic
        depressed depression anxiety anxious bipolar autism autistic adhd ptsd ocd therapy therapist
        psychiatrist psychologist surgery surgical illness disease diagnosis diagnosed diagnose
        medication medicine medical hospital doctor nurse patient arthritis asthma eczema psoriasis
        allergy allergic epilepsy epileptic seizure migraine hiv aids menopause menopausal
        perimenopause infertility infertile ivf ostomy colostomy scoliosis fibromyalgia lupus obese
        obesity anorexia anorexic bulimia bulimic rehab addiction addict alcoholic alcoholism
        sobriety dementia alzheimer hysterectomy diet dieting celiac coeliac crohn colitis thyroid
        dialysis pacemaker incontinence incontinent prescription symptom vaccine vaccinated
        vaccination covid sclerosis leukemia leukaemia lymphoma lymphedema neuropathy sciatica
        osteoporosis endometriosis pcos hospice paralysed paralyzed amputee deaf deafness blindness
        dyslexia dyslexic tourette schizophrenia schizophrenic antidepressant
    """,
    "religion": """
        church christian christianity catholic protestant evangelical baptist mormon lds jesus
        christ god bible prayer pray communion baptism christening confirmation priest pastor nun
        muslim islam islamic mosque hijab burka burqa niqab abaya jilbab ramadan eid quran koran
        halal jew jewish judaism synagogue rabbi kosher torah shabbat hanukkah passover bar-mitzvah
        bat-mitzvah mitzvah yarmulke kippah hindu hinduism diwali sikh sikhism turban buddhist
        buddhism temple atheist atheism agnostic religion religious faith worship easter lent
        methodist lutheran presbyterian anglican orthodox pentecostal amish mennonite quaker pagan
        wicca wiccan jehovah scientology churchgoer
    """,
    "ethnicity": """
        ethnic ethnicity race racial caucasian african-american african asian hispanic latina latino
        latinx arab arabic indigenous native-american aboriginal roma gypsy immigrant migrant
        refugee biracial multiracial nationality dark-skinned light-skinned skinned complexion
        mulatto eskimo inuit maori ancestry
    """,
    "politics": """
        politics political politician democrat democratic republican liberal conservative socialist
        socialism communist communism fascist fascism anarchist libertarian trump biden obama
        clinton election vote voter campaigner protest activist activism brexit maga feminist
        leftist tory tories marxist
    """,
    "sexuality": """
        gay lesbian bisexual homosexual homosexuality heterosexual queer lgbt lgbtq lgbtqia trans
        transgender transsexual transvestite nonbinary non-binary sexuality asexual pansexual
        drag-queen same-sex coming-out polyamorous
    """,
    "union": """
        union unionist unionized unionised unionize unionise
    """,
    "genetics": """
        dna genetic genetics genome genomic hereditary brca chromosome
    """,
    "biometrics": """
        biometric biometrics fingerprint faceprint voiceprint
    """,
}

# One expression a line. A space is any white space or a hyphen.
SENSITIVE_PHRASES = {
    "health": """
        mental health
        (?:health|medical|skin|heart) (?:problem|condition|issue)s?
        (?:back|joint|chronic|knee|hip|neck) pain
        blood (?:pressure|sugar|type|clots?)
        hearing aids?
        sickle cell
        (?:weight|hair) loss
        eating disorders?
        c section
        on the spectrum
        hot flash(?:es)?
        (?:legally|colou?r) blind
        special needs
        panic attacks?
        (?:feel|feeling|fell|being|am|was) (?:very )?sick
        sick leave
        compression stockings?
    """,
    "religion": """
        bible study
        sunday (?:service|school|best)
        modest fashion
        (?:born|saved) again
    """,
    "ethnicity": """
        (?:mixed|black|white|brown) race
        (?:black|white|brown) (?:people|person|wom[ae]n|m[ae]n|girls?|guys?|skin|community|folks?)
        (?:dark|light|fair|olive|pale|tan|brown) skin(?:ned)?
        skin (?:colou?r|tone)s?
        people of colou?r
        native american
        african american
        afro caribbean
        ethnic (?:group|origin|background)s?
        (?:person|people|woman|women|man|men) from (?:africa|asia|india|china|mexico)
    """,
    "politics": """
        (?:left|right) wing(?:ers?)?
        (?:labou?r|green|tory|communist) party
        pro (?:life|choice)
        gun control
    """,
    "sexuality": """
        same sex
        drag queens?
        sexual(?:ly)? (?:orientation|preference|identity|active)
        sex life
        (?:attracted|drawn) to (?:men|women)
        came out (?:as|to (?:my|her|his))
    """,
    "union": """
        shop stewards?
        works councils?
        collective bargaining
        on strike
    """,
    "genetics": """
        gene (?:test|therapy|variant)s?
        family tree test
    """,
    "biometrics": """
        (?:face|facial|iris|retina|palm|voice) (?:recognition|scans?|prints?)
        face id
    """,
}

# Expressions in which a listed word is plainly about something else, in the same notation.
HARMLESS = """
    gay (?:colou?rs?|prints?|patterns?|florals?|stripes?)
    faith in (?:(?:this|the|that|your|their|my|these) )?(?:brand|shop|store|company|label|website)s?
    faith in (?:(?:this|the|that|your|their|my|these) )?(?:quality|sizing|size chart|review|fit)s?
    faith in (?:(?:this|the|that|your|their|my|these) )?(?:product|designer|delivery|service)s?
    faith in online shopping
    in good faith
    retail (?:therapy|anxiety)
    (?:order|e ?mail|shipping|booking|delivery|payment|price) confirmations?
    confirmation (?:e ?mail|number|page)s?
    (?:oh )?(?:my|dear|thank) god(?:ness)?
    (?:omg|oh) god
    god ?sends?
    god awful
    for god'?s sake
    (?:be|was|is|been|being|so|very|too|not|please|stay) patient
    patient with (?:the|delivery|shipping)
    conservative (?:(?:but|and) [a-z]+ )?(?:neck ?line|length|cut|style|fit|colou?r|look|hem)s?
    conservative (?:(?:but|and) [a-z]+ )?(?:dress|dresse|skirt|top|blouse|outfit|office)s?
    conservative (?:side|estimate|sizing)
    (?:more|too|very|fairly|rather|pretty|quite|slightly|bit|office|work) conservative
    liberal (?:use|amount|cut|sizing|returns?|with)
    (?:i|she|he|we|they|mom|sister|friend) lent
    lent (?:it|this|them|her|him|me|my|mine|to)
    christian (?:dior|louboutin|lacroix|siriano)
    trans seasonal
    union (?:jack|suit|square)s?
    (?:credit|customs|european) unions?
    (?:rat|bike|boat|car|horse|foot|sack) races?
    race (?:day|track|car|bib)s?
    vote of confidence
    (?:get|got|gets|has|have|had|give|gave) my vote
    doctor (?:bag|who|martens?)s?
    (?:style|fashion|washing|care|sewing|knitting) bibles?
    (?:shoe|shopping|sock|denim|dress|jeans?|bag|scarf|sweater|fashion) addict(?:ion)?s?
    (?:coffee|chocolate) addict(?:ion)?s?
    addict(?:ion|ed) to (?:this|the|these|shoes|dresses|jeans|shopping|sweaters|chocolate|coffee)
    i worship (?:this|these|it)
    (?:speed|size|price|goose|toe) bumps?
    bump (?:up|down|it|in the)
    bump (?:a|one|up a|down a) size
    aids (?:in|with|the|sleep|digestion)
    easter (?:egg|bunny|bunnie|weekend|sale)s?
    temple of style
    green party (?:dress|dresse|top|outfit|shoe)s?
    politically correct
    medicine balls?
    (?:any|every|all|most) skin tones?
    (?:black|white|brown) (?:wo)?m[ae]n'?s (?:dresse|dress|jean|skirt|top|shirt)s?
    (?:black|white|brown) (?:wo)?m[ae]n'?s (?:shoe|boot|sweater|coat|pant)s?
"""
