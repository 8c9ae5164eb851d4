"""The words in which something is asked of a product, in the languages that we speak. Pure.

Pieces of patterns, by aspect. All are looked for in every text, since a short question does not
tell its language: so none may be a word that means something else in another of them.
"""

from __future__ import annotations

from collections.abc import Mapping

_IN_A_SIZE = r"(?:in|en|w|em|nella|nel) (?:(?:größe|taille|talla|taglia) )?(?:xx?x?[sl]|[sml])"

PRICE: Mapping[str, str] = {
    "en": r"how much|price[ds]?|pricing|costs?|expensive|cheap\w*|on sale|reduced|discount\w*|"
    r"what do i pay",
    "de": r"kostet|kosten|wie ?viel(?! (?:tage|zeit))|wie teuer|preise?|reduziert|im angebot|"
    r"rabatte?",
    "fr": r"combien(?! de (?:temps|jours))|prix|co[uû]te(?:nt)?|en solde|soldée?s?|réductions?",
    "es": r"cu[aá]nto(?! (?:tiempo|tarda))|precios?|cuestan?|rebajad[oa]s?|descuentos?|en oferta",
    "it": r"quanto (?:costa|costano|viene|vengono)|prezz[oi]|in offerta|scont\w+|in saldo",
    "nl": r"hoeveel(?! (?:dagen|tijd))|wat kost(?:en)?|hoe duur|prij(?:s|zen)|"
    r"korting(?:en)?|afgeprijsd|in de aanbieding",
    "da": r"koster|prisen|priser|pris på|nedsat|på tilbud|rabat\w*",
    "no": r"koster|prisene|på salg|nedsatt|rabatt\w*",
    "sv": r"kostar|priset|på rea",
    "pl": r"ile kosztuj\w+|kosztuj\w+|cen[ayęo]|przecen\w+|promocj\w+|rabat\w*|zniżk\w+",
    "pt": r"quanto (?:custa|custam|é|são)|pre[cç]os?|custam?|em promoção|descontos?",
}
STOCK: Mapping[str, str] = {
    "en": r"in stock|out of stock|sold out|availab\w+|stock|do you (?:still )?(?:have|sell)|"
    r"have you got|(?:is|are) there any|any .{0,30}left|back in|still (?:get|buy|have)",
    "de": r"auf lager|vorrätig|lieferbar|verfügbar\w*|ausverkauft|noch (?:da|zu haben)|"
    r"(?:haben sie|habt ihr|gibt es) .{0,40}noch",
    "fr": r"disponibles?|épuisée?s?|rupture|reste[- ]t[- ]il|avez[- ]vous (?:encore|toujours)",
    "es": r"disponib\w+|agotad[oa]s?|existencias|quedan?|tienen? (?:todav[ií]a|a[uú]n)",
    "it": r"disponibil\w+|esaurit[oaie]|in magazzino|ne rest(?:a|ano)|avete ancora",
    "nl": r"op voorraad|voorradig|leverbaar|beschikbaar|uitverkocht|nog te koop|"
    r"(?:heeft u|hebben jullie) .{0,30}nog",
    "da": r"på lager|udsolgt|tilgængelig\w*|har i .{0,30}(?:stadig|endnu)",
    "no": r"på lager|utsolgt|tilgjengelig\w*|har dere .{0,30}(?:fortsatt|fremdeles)",
    "sv": r"i lager|slutsåld\w*|är slut|tillgänglig\w*|(?:har ni|finns) .{0,40}kvar",
    "pl": r"dostępn\w+|wyprzedan\w+|w magazynie|na stanie|(?:jest|są|macie) jeszcze",
    "pt": r"em stock|em estoque|disponíve\w+|esgotad[oa]s?|ainda (?:têm|tem|há)",
}
OPTIONS: Mapping[str, str] = {
    "en": r"(?:what|which|other|all) (?:the )?(?:sizes?|colou?rs?)|sizes?|colou?rs?|"
    r"in (?:a )?(?:x{0,3}[sml]|small|medium|large)",
    "de": r"gr(?:ö|oe)(?:ß|ss)en?|farben?",
    "fr": r"tailles?|pointures?|couleurs?|coloris",
    "es": r"tallas?|colores",
    "it": r"tagli[ae]|color[ei]",
    "nl": r"maten|maat|kleur(?:en)?",
    "da": r"størrelser?|farver?",
    "no": r"størrelser?|farger?",
    "sv": r"storlek(?:ar)?|färg(?:er)?",
    "pl": r"rozmiar\w*|kolor(?:y|ze|ach|ów)?",
    "pt": r"tamanhos?|cor(?:es)?",
    "": _IN_A_SIZE,
}
RECOMMEND: Mapping[str, str] = {
    "en": r"recommend\w*|suggest\w*|go(?:es)? (?:well )?with|match(?:es)? (?:with|to)|similar to|"
    r"alternatives?|something like|gift for|ideas? for|what (?:else )?should i (?:buy|get|wear)",
    "de": r"empf(?:e|ie)hl\w+|vorschl[aä]g\w*|pass(?:t|en) (?:gut )?(?:zu|zur|zum)|ähnlich\w* wie|"
    r"geschenkideen?|geschenk für",
    "fr": r"recommand\w+|conseill\w+|sugg[ée]r\w+|vo?nt? (?:bien )?avec|va (?:bien )?avec|"
    r"similaires?|idées? (?:de )?cadeaux?|cadeau pour",
    "es": r"recom(?:ie)?e?nd\w+|sug(?:ie|e)r\w+|combinan? con|va (?:bien )?con|parecid[oa]s?|"
    r"regalo para|ideas? de regalo",
    "it": r"consigli\w*|raccomand\w+|sugger\w+|(?:sta|va) bene con|abbin\w+|regalo per|idee regalo",
    "nl": r"aanbevel\w+|aanrad\w+|raad(?:t|en)? .{0,20}aan|past (?:goed )?bij|vergelijkba\w+|"
    r"cadeau voor|suggesties?",
    "da": r"anbefal\w*|foreslå\w*|passer (?:godt )?til|gave til|gaveidé\w*",
    "no": r"anbefal\w*|foreslå\w*|passer (?:godt )?til|gave til|gavetips",
    "sv": r"rekommend\w+|passar (?:bra )?(?:till|med|ihop)|liknande|present till|presenttips",
    "pl": r"polec\w+|(?:za)?proponuj\w*|pasuj[eą] do|podobn\w+|prezent\w* dla|na prezent",
    "pt": r"recomend\w+|suger\w+|combinam? com|ficam? bem com|semelhantes?|presente para",
}
# What a product comes in: the words for it as `words_of` leaves them, in questions and attributes.
_OPTION_WORDS: Mapping[str, str] = {
    "size": "size große großen taille talla taglia taglie maat maten størrelse størrelser storlek "
    "storlekar rozmiar rozmiary rozmiarach tamanho",
    "colour": "colour color farbe farben couleur coloris colore colori kleur kleuren farve farver "
    "farge farger farg kolor kolory kolorach cor core",
    "material": "material materialien matiere materiale materiali materiaal materialen materiał "
    "materiais",
    "length": "length lange langen longueur largo longitud lunghezza lunghezze lengte lengten "
    "længde længder lengde lengder langd langder długosc długosci comprimento",
}
OPTION_NAMES: Mapping[str, str] = {
    word: name for name, words in _OPTION_WORDS.items() for word in words.split()
}
# What the shop does costs something too; documents tell how much.
SERVICE: Mapping[str, str] = {
    "en": r"ship\w*|deliver\w*|postage|parcels?|return\w*|refund\w*|exchang\w*|repair\w*|"
    r"gift[ -]?wrap\w*|alterations?|vouchers?|gift cards?|invoice\w*|payments?|customs|duty|"
    r"subscription\w*|membership\w*|size (?:guide|chart|table)",
    "de": r"versand\w*|versend\w+|liefer(?!bar)\w*|porto|pakete?|rücksend\w+|rückgabe\w*|"
    r"retour\w*|umtausch\w*|erstatt\w+|reparatur\w*|gutschein\w*|geschenkkarten?|rechnung\w*|"
    r"zahl(?:en|ung)\w*|zoll\w*|abos?|abonnement\w*|mitglied\w*|größentabellen?",
    "fr": r"livraisons?|livr(?:er|ez|é|ée)s?|frais de port|expédi\w+|colis|rembours\w+|échang\w+|"
    r"répar\w+|cartes? cadeaux?|bons? d['’]achat|factures?|paiements?|payer|douane|"
    r"guide des tailles",
    "es": r"env[ií]os?|enviar|enviáis|envían|entregas?|paquetes?|devol\w+|devuel\w+|reembols\w+|"
    r"cambios?|reparaci\w+|tarjetas? (?:de )?regalo|facturas?|pagos?|pagar|aduanas?|suscripci\w+|"
    r"guía de tallas",
    "it": r"spedi\w+|consegn\w+|pacc(?:o|hi)|res[oi]|restitu\w+|rimbors\w+|cambi[oa]?|ripar\w+|"
    r"carte? regalo|buon[oi] (?:regalo|sconto)|fattur\w+|pagament\w+|dogan\w+|abbonament\w+|"
    r"guida alle taglie",
    "nl": r"verzend\w+|bezorg\w+|levering\w*|levertijd\w*|leveren|pakket\w*|terugstur\w+|"
    r"terugbetal\w+|ruilen|reparatie\w*|cadeau(?:bon|kaart)\w*|factu(?:ur|ren)|betal\w+|maattabel",
    "da": r"fragt\w*|leverer|forsend\w+|pakker?|ombyt\w+|bytter?|gavekort|faktura\w*|"
    r"størrelsesguide\w*",
    "no": r"frakt\w*|refusjon\w*|reparasjon\w*|bytte",
    "sv": r"leverans\w*|levererar?|skickar?|återbetal\w+|byta|presentkort\w*|tullavgift\w*|"
    r"prenumeration\w*|storleksguide\w*",
    "pl": r"wysył\w+|dostaw\w+|paczk\w+|przesył\w+|zwrot\w*|zwróci\w+|wymian\w+|wymieni\w+|"
    r"napraw\w+|kart\w+ podarunkow\w+|faktur\w+|płatno\w+|zapłac\w+|abonament\w*|"
    r"tabel\w+ rozmiar\w+",
    "pt": r"envi(?:o|os|ar|am)|portes|encomendas?|troc(?:a|as|ar)|faturas?|pagamentos?|alfândega|"
    r"assinaturas?|guia de tamanhos|vale-presente",
}
# Words that a question for something is built of, and that say nothing of what.
_ASKING = """
    was wa welche welchen welches sie du ihr mir uns ich kann konnen konnten konnt wurden bitte denn
    etwas einem einer eine ein fur gibt e haben habt
    que quoi quel quelle quels vous nous moi pouvez pourriez avez un une le la les de du des pour
    qu est ce
    me puede pueden podria ustedes usted algo para por favor cual cuale una el lo hay
    cosa che mi puo potete potreste ci qualcosa il gli per favore
    wat welk u jullie ons mij kunt kunnen kan iet een het voor graag heeft
    hvad hva vad kan i dere ni du mig meg os oss noget noe nagot en et ett til for kunne anbefale
    co mozecie moze macie mi nam dla prosze jaki jakie
    o qual quai podem pode alguma coisa nos
"""
ASKING = frozenset(_ASKING.split())
