"""Words that state something that can be checked: dates, deadlines, quantities and claims."""

from __future__ import annotations

from generation.guardrails.phrases import PhraseList, split_phrases

# March and May are verbs, too: those count beside a figure only.
MONTHS = split_phrases("""
    january|february|april|june|july|august|september|october|november|december
    jan|feb|apr|jun|jul|aug|sep|sept|oct|nov|dec
""")
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend"
_DEADLINES = """
    tonight|tomorrow|midnight|today only|ends today|ends soon|ends in|ending soon|last chance
    last day|last days|last few|final day|final days|final hours|final chance|only a few left
    only few left|few left|limited time|limited stock|limited edition|limited offer
    limited quantity|limited quantities|while stocks last|while stock lasts|while supplies last
    selling out|selling fast|almost gone|nearly gone|going fast|almost sold out|sold out soon
    before it's gone|before they're gone|never again|one day only|this week only|expires
    expiring|deadline|nur heute|letzte chance|solange der vorrat reicht|derniere chance
    ultima oportunidad
"""
_COUNTS = split_phrases("""
    four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty
    sixty|seventy|eighty|ninety|hundred
""")
_UNITS = ("percent", "per cent", "dollars", "euros", "pounds", "bucks", "off")
_AMOUNTS = """
    half price|half off|half the price|two for one|three for two|buy one get one|bogo|dozens
    hundreds|thousands|millions|twice as|double the|triple the|a quarter off|a third off
    nine out of ten|most popular|one percent|two percent|three percent|two dollars
    three dollars|two euros|three euros
"""
_CLAIMS = """
    free|freebie|gratis|complimentary|guarantee|guarantees|guaranteed|warranty|best|cure|cures
    cured|miracle|lowest|cheapest|finest|greatest|fastest|safest|healthiest|clinically
    scientifically|proven|certified|bestseller|bestsellers|bestselling|refund|refunds
    unbeatable|world's|sale|discount|discounts|discounted|winner|prize|fda|ce marked|patented
    dermatologist|dermatologists|doctors|doctor|organic|hypoallergenic|carbon neutral
    climate neutral|biodegradable|cashback|giveaway|rebate|heals|detox|anti viral
    antibacterial|number one|no 1|risk free|no risk|award winning|money back|exclusive price
    exclusive discount|exclusive deal|early access|price match|free shipping|free returns
    free delivery|save up|price drop|reduced price|reduced prices|special price|markdown
    clearance|voted|as seen|endorsed|recommended by|kostenlos|umsonst|garantiert|garantie
    gratuit|gratuite|gratuitement|garanti|gratuito|garantizado|rabatt|nachlass|remise
    descuento|sconto
"""

FACT_PHRASES = PhraseList(
    {
        "date": [*MONTHS, *split_phrases(_DAYS)],
        "deadline": split_phrases(_DEADLINES),
        "amount": [
            *split_phrases(_AMOUNTS),
            *(f"{count} {unit}" for count in _COUNTS for unit in _UNITS),
        ],
        "claim": split_phrases(_CLAIMS),
    }
)
