"""English word lists, kept apart from the methods that use them."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS = _words(
    """
a about above absolutely across actually addition after afterwards again against ago aisle alas all
almost alone along already also although always am among amount an and another any anybody anyhow
anyone anything anyway anywhere april are area aren't arm-hole around as at august away baby back
barely basically be beautifully beauty became because become been before behind being below beneath
beside besides best better between beyond bit both brand but by cage can can't cannot case
certainly chance clearly cm combination comment company complaint completely compliments could
couldn't couple currently customer d daughter day december definitely despite detail did didn't
difference do does doesn't doing don't done down dozen dream due during e each easily effect eight
either else enough entirely especially etc even ever every everybody everyone everything everywhere
exactly except expectation extremely fact fairly fan far feature february few finally first five
for form four friday friend from ft full-price fullprice further generally get gets getting girl go
goe goes going gone gonna got gotten guy had hadn't half hardly has hasn't have haven't having he
he'd he'll he's head hello hence her here here's hers herself hey hi highly him himself his hole
home honestly hopefully hour house how how's however hundred husband i i'd i'll i'm i've idea if
immediately in inch incredibly indeed inside instead instore into is isn't issue it it'd it'll it's
its itself january july june just justice keeper kg kind kinda lady last lately later lb lbs least
less let let's like literally ll local lol lot lots luckily m mail man many march may maybe me med
meh men mention middle might mind mine minute mom moment monday month more moreover most mostly
mother much multiple must my myself near nearly need needs negative neither never nevertheless next
nicely nine no nobody none nor normally not note nothing november now nowhere obviously october of
off often oh ok okay omg on once one one's ones online only onto opinion or originally other others
otherwise ought our ours ourselves out over overall own part particularly past people per
perfection perfectly perhap perhaps person photo pic picture place please plenty plus point portion
possibly pound pretty previous probably problem question quite rack rather re really reason
recently regardless rest retailer review reviewer reviews round s sadly same saturday second
section september seriously service seven several shall she she'd she'll she's shop shopping should
shouldn't side simply since sister site six size-wise slight slightly sm so some somebody somehow
someone something sometime sometimes somewhat somewhere soon sort spot star still store stuff such
sunday super supposed sure surprise surprisingly t tad ten than thank thanks that that'll that's
the their theirs them themselves then there there's therefore these they they'd they'll they're
they've thing things third this those though three through throughout thus till time times to today
together tomorrow ton tonight too totally toward towards truly tts twice two type typically ugh
under underneath unfortunately unless unlike until up upon upper us usually ve version very via w
was wasn't way we we'd we'll we're we've website week well were weren't what what's whatever when
when's whenever where where's whereas wherever whether which while who who's whoever whole whom
whose why why's wife will winner with within without woman women won't would wouldn't wow x xl xs
xxl xxs yay year yes yesterday yet you you'd you'll you're you've your yours yourself yourselves
zero
    """
)

# What people did with a thing, which names no thing.
VERBS = _words(
    """
able add added adding adore agree allow anticipate appear appears arrive arrived ask based be bear
beat began begin believe bend bit blow blush bother bought break bring brought buy buying call came
care carry catch caught change changed check chested choose chose close colored come comes coming
compare compared complain complement concerned consider considered considering cover covered covers
cut cuts decide decided depend depending describe described designed designing despite die
disappoint disappointing dislike drape draped drapes dress-up dressed dressing drop dropped drown
dry end ended exchange exchanged expect expected expecting fall falls feel feeling feels fell felt
figure figured find finding fit-wise fits fitted fitting flatter flatters flow flows follow forget
forgiving forward found gain gained gave give given gives giving glad grab grabbed grew guess had
hang hanging hangs happen hate hated hear heard help helps hesitant hesitate hesitated hide hides
hit hits hold holds hope hoped hoping hug hugged hugs hung imagine include iron ironed itch keep
keeping keeps kept knew know knows lay layered layering laying lays lead leave leaves left lie lies
liked lined live lived look looked looking looks lose lost love loved loves loving made make makes
making match matches mean means meant mention mentioned miss missed move moved moves need needed
note notice noticed opening opted order ordered ordering owe own owned owns paid pair paired pass
passed pay pick picked pictured plan planned planning play please pleased prefer pretend pull
pulled purchase purchased purchasing put putting ran read reading realize realized receive received
recommend recommended reference regret remember remind reminds remove require return returned
returning ride rides run running runs sadden said saw say saying says see seeing seem seemed seems
seen sell send sent sew sewn shape-wise shaped shear shed show showed showing shown shows shrank
shrink shrunk sit sits sitting size-wise sized sizing snag sold spend spent stand stands start
started stated stay stayed stays stick sticks stop stopped stretch stretched stretches style styled
suggest suit suits suppose surprise swimming take taken takes taking talk tell tend tends think
thinking thought threw throw tie tied tired told took touch tried tries try trying tts tuck tucked
turn turned turns twirl understand update updated use used using waisted wait waited waiting walk
walked want wanted wanting wants was wash washed washes washing wear wearing wears weigh weighed
went win wish wished wonder wondering wore work worked working works worn worried worry worth wrap
wrinkly write younger zip zipped
chafe rub shrank shrink
    """
)

# How much people liked it: that is sentiment, not interest.
OPINIONS = _words(
    """
accurate adorable afraid amazed amazing appropriate attractive available average awesome awful
awkward bad beautiful beautifully big bigger biggest boring bother careful cheap cheaper chic
classy clean cold considerable constant cool correct crazy curious cute cuter darling decent
delicious delightful different difficult disappointed disappointment drop-dead easy enormous entire
excellent exceptional excessive excited expensive extra fabulous fair fantastic favorite few final
fine fresh frumpy fun fussy generous gentle good gorgeous great half happier happy hard heavier
higher honest huge ideal important impressed incorrect incredible inferior interesting keeper large
larger late lazy lean less-than likely little lovely lower main massive matronly mature medium mid
minor multiple neat new nice normal odd off-white okay old older only open original perfect
pleasant plenty poor popular possible practical prettier pretty pricey proper quick quirky ready
real reasonable rich right romantic rough sad safe shapely sides similar single skeptical slender
slimmer slimming small smaller smart solid special spectacular spot-on spring-like strange striking
strong stunning sub-par substantial sunny superb superior surprised sweet tent-like terrible
terrific tiny top-heavy torn total tough true typical ugly unable uncomfortable unexpected
unflattering unique unreal unusual upset usual wearable weird well-made wet winner wonderful worse
worst wrong
    """
)

# What a thing is like: begins a phrase ("soft fabric"), never ends one.
DESCRIPTIONS = _words(
    """
airy athletic baggy basic beige billowy black bland blue boxy breathable breezy bright broad brown
bulky busty casual classic clingy comfortable comfy coral cozy creamy crisp cropped curvy dark
darker deep delicate dressy durable dusty edgy effortless elegant embroidered everyday feminine
flat flattering flimsy flirty floaty floral flowing flowy formfitting full fuller funky gold gray
green grey heavy high hot itchy ivory lacy light lighter lightweight limp long longer loose looser
low lower luxe luxurious modern modest muted narrow natural navy neutral olive orange oversized
pale petite pink plain playful professional purple red regular relaxed roomy rust scratchy
see-through sexy shapeless sheer shiny short shorter silky simple skinny sleek slim slouchy smooth
snug soft softer stiff straight stretchy structured stylish subtle summery swingy tailored tall
taller tan teal textured thick thicker thin thinner tight tighter transparent trendy upper
versatile vibrant vintage warm white wide wider wrinkled yellow young
    """
)

# Nouns that name nothing by themselves; inside a longer phrase they may stand ("fabric" alone
# says little).
TOO_BROAD_ALONE = _words(
    """
amount ankle area arm back bag band beauty belly bodice body boob booty bottom breast build bust
butt calf chest choice closet clothes clothing color colour comfort compliment construction cup
curve cut deal description design detail detailing edge effect event expectation eye fabric face
fall feet fit flaw foot frame front garment hair hand height hip hole item knee layer leg
length life line look match material middle model money movement neck neckline night occasion
online option order outfit photo piece place price product purchase quality rear reference retail
rise room sack sale season shade shape shoe shoulder side silhouette size skin sleeve slip slit
spring staple stomach structure style styling summer tag tent thigh thread tone top torso tummy
underneath upper value version waist wardrobe wear weather weekend weight winter work wrinkle
    """
)

# Words whose singular is another word, or none.
KEPT_PLURAL = _words(
    """
access across address always bonus boss boxers briefs bus business canvas capris christmas class
clothes cross culottes does dress fitness focus gas glass glasses gloss grass guess has hers his is
its jeans joggers lars leggings lens less mess ours overalls pajamas panties pants plus press
princess process pyjamas series shorts skinnies species status success sunglasses sweats swiss this
thus tights trousers undies us versus was yes yours
    """
)

# Written in the singular by some, and meaning the plural.
ALWAYS_PLURAL = _words("jean pant legging trouser culotte jogger capri")

AFTER_VERBS = _words(
    "well a an the me my your it you them us him her up down through over out off away back again"
)

NOT_ADVERBS = _words(
    "assembly belly family fly holly jelly july lily monopoly ply supply butterfly"
)

# For sentiment without ratings.
HAPPY = _words(
    """
adorable amazing awesome beautiful beautifully best bravo charming comfortable comfy compliment
compliments cute darling delicious delight delighted delightful easy elegant enjoy enjoyed enjoying
exceeded excellent exceptional excited fab fabulous fantastic favorite favourite flattering fun
glad good gorgeous great happy helpful ideal impressed incredible like liked love loved lovely
loves loving marvelous nice outstanding perfect perfectly pleasant pleased pretty recommend
recommended reliable satisfied smooth soft spectacular stunning sturdy stylish super superb
surprised sweet terrific thank thanks thrilled true versatile well winner wonderful wonderfully
worth wow yay
    """
)

UNHAPPY = _words(
    """
angry annoyed annoying awful awkward bad badly boring boxy broke broken bulky cheap cheaply
complaint cracked damaged defective dirty disappoint disappointed disappointing disappointment
dislike faded fell flaw flawed flimsy frumpy frustrated frustrating garbage hate hated hideous
horrible huge inconsistent itchy lacking late misleading missing mistake odd overpriced pilled
pilling poor poorly problem refund regret return returned returning ripped rude sad sadly scratchy
shapeless sheer shrank shrunk sloppy smell smelled stain stained stiff strange terrible thin tight
tore torn ugly uncomfortable unflattering unfortunately unhappy unimpressed unusable unwearable
useless waste weird worse worst wrinkled wrong
    """
)

NEGATIONS = _words(
    """
ain't aren't barely can't couldn't didn't doesn't don't hardly isn't neither never no nor not
shouldn't wasn't weren't without won't wouldn't
    """
)

# What people judge a purchase by; a star ends a stem.
ASPECTS = {
    "fit": _words(
        """
fit fits fitted fitting ill-fitting size sizes sized sizing small large huge big tight loose baggy
snug short long waist hips bust chest shoulders sleeve* length inseam true-to-size petite
oversize* roomy
        """
    ),
    "price": _words(
        """
price* pricey cost* expensive cheap* overprice* afford* bargain value money worth sale discount*
deal $ dollar* euro* pounds
        """
    ),
    "quality": _words(
        """
quality fabric material* cotton wool linen polyester silk stitch* seam* thread* sewn made durab*
sturdy flims* thin pill* shrank shrunk shrink* ripped tore torn hole* fell broke* wash* well-made
cheaply
        """
    ),
    "delivery": _words(
        """
deliver* ship* shipped shipping arriv* parcel package* packag* courier* late delay* tracking post
mail dispatch*
        """
    ),
    "comfort": _words(
        """
comfort* comfy soft softer softest itch* scratch* cozy cosy warm breath* stiff stretchy rough
irritat* lightweight heavy
        """
    ),
    "look": _words(
        """
color* colour* look looks looked style* stylish pattern* print* design* cut flatter* unflatter*
beautiful pretty gorgeous ugly cute elegant neckline drape* shape* shapeless photo* picture*
pictured
        """
    ),
    "service": _words(
        """
service staff support refund* return* exchange* reply replied helpful rude agent* store customer
        """
    ),
}
