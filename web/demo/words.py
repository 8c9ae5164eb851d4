"""What the demonstration shop's people are called, buy and write: all made up."""

from __future__ import annotations

from dataclasses import dataclass

BRAND = "Harbour & Pine"

FIRST_NAMES = [
    "Ada",
    "Aiden",
    "Aisha",
    "Alba",
    "Amara",
    "Anders",
    "Anika",
    "Anna",
    "Anton",
    "Astrid",
    "Bea",
    "Ben",
    "Björn",
    "Bruno",
    "Camille",
    "Carla",
    "Cem",
    "Chloe",
    "Clara",
    "Daan",
    "Dana",
    "Daniel",
    "David",
    "Edith",
    "Eero",
    "Eli",
    "Elif",
    "Ella",
    "Emil",
    "Emma",
    "Erik",
    "Esme",
    "Eva",
    "Fatima",
    "Felix",
    "Finn",
    "Freya",
    "Gabriel",
    "Greta",
    "Hanna",
    "Hugo",
    "Ida",
    "Ines",
    "Iris",
    "Isa",
    "Ivan",
    "Jack",
    "Jana",
    "Jonas",
    "Josef",
    "Julia",
    "Kai",
    "Karin",
    "Lara",
    "Lars",
    "Laura",
    "Lea",
    "Leo",
    "Lena",
    "Liam",
    "Lina",
    "Lotte",
    "Luca",
    "Lucia",
    "Mads",
    "Maja",
    "Malik",
    "Mara",
    "Maria",
    "Marta",
    "Mateo",
    "Maya",
    "Mia",
    "Mila",
    "Milan",
    "Nadia",
    "Nils",
    "Nina",
    "Noa",
    "Noah",
    "Nora",
    "Olga",
    "Oscar",
    "Otto",
    "Paula",
    "Pavel",
    "Petra",
    "Pia",
    "Rafael",
    "Rosa",
    "Ruth",
    "Samir",
    "Sara",
    "Selma",
    "Sofia",
    "Stella",
    "Sven",
    "Tara",
    "Theo",
    "Thomas",
    "Tilda",
    "Tim",
    "Uma",
    "Vera",
    "Viktor",
    "Wanda",
    "Yara",
    "Yusuf",
    "Zoe",
]

REGIONS = {"coast": 0.34, "city": 0.41, "country": 0.25}
CHANNELS = {"web": 0.52, "app": 0.33, "store": 0.15}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One corner of the shop: its products, and what people who love it write and search."""

    category: str
    share: float
    products: tuple[str, ...]
    praise: tuple[str, ...]
    detail: tuple[str, ...]
    complaint: tuple[str, ...]
    searches: tuple[str, ...]


THEMES = (
    Theme(
        category="Hiking",
        share=0.27,
        products=(
            "Fjell rain jacket",
            "Skarv hiking boots",
            "Moss trail trousers",
            "Tarn backpack",
            "Lichen fleece",
            "Cairn walking poles",
            "Drift gaiters",
            "Rill water bottle",
        ),
        praise=(
            "Wore it on a wet ridge walk and stayed dry the whole day.",
            "The boots needed no breaking in and gripped well on muddy trails.",
            "Finally a backpack that sits still on steep descents.",
            "Kept the wind out on the summit without making me sweat on the climb.",
            "Three days in the mountains and not one blister.",
        ),
        detail=(
            "The hood fits over a cap and the zips run smoothly with gloves on.",
            "The trail trousers dry quickly and the knees move freely on rocks.",
            "Pockets are where a hip belt does not cover them.",
            "The waterproof seams held through hours of rain.",
        ),
        complaint=(
            "The waterproofing gave up after a month of weekend hikes.",
            "The sole came loose on a rocky trail.",
            "The backpack straps rub on long walks.",
        ),
        searches=(
            "waterproof hiking jacket",
            "wide fit hiking boots",
            "trail trousers",
            "day hike backpack",
        ),
    ),
    Theme(
        category="Knitwear",
        share=0.24,
        products=(
            "Skein merino jumper",
            "Hearth cardigan",
            "Burrow lambswool scarf",
            "Ember roll neck",
            "Loft cashmere beanie",
            "Thistle cable knit",
            "Fold wool blanket",
        ),
        praise=(
            "Such soft wool, nothing scratches, even on bare skin.",
            "The cardigan is warm without being heavy and the colour is lovely.",
            "This jumper is the cosiest thing I own.",
            "Beautiful cable knit, dense and even, and it keeps its shape.",
            "The merino feels gentle and layers well under a coat.",
        ),
        detail=(
            "Washed by hand twice and no pilling so far.",
            "The sleeves are long enough to pull over cold hands.",
            "The yarn has a quiet, natural colour that goes with everything.",
            "The roll neck is snug and soft rather than tight.",
        ),
        complaint=(
            "The wool started pilling under the arms within a week.",
            "The jumper shrank although I washed it cold.",
            "Softer in the picture than on the skin, sadly itchy.",
        ),
        searches=("merino jumper", "soft wool cardigan", "cashmere beanie", "cable knit"),
    ),
    Theme(
        category="Dresses",
        share=0.22,
        products=(
            "Isla wrap dress",
            "Marlow midi dress",
            "Wren linen dress",
            "Juno slip dress",
            "Faye tea dress",
            "Odette evening dress",
        ),
        praise=(
            "I wore this dress to a wedding and got compliments all evening.",
            "The wrap dress is flattering at the waist and easy to move in.",
            "The print is even prettier in person and the fabric drapes well.",
            "A perfect summer dress, light and floaty.",
            "The midi length is elegant and the neckline sits just right.",
        ),
        detail=(
            "I am between sizes and the smaller one fit best.",
            "The lining stops it from clinging and the hem is neatly finished.",
            "It has pockets, which I did not expect in such an elegant dress.",
            "The linen creases a little but looks good with it.",
        ),
        complaint=(
            "The waist sits too high on me and the zip catches.",
            "The fabric is thinner than the photo suggests, so it needs a slip.",
            "The dress runs large, I could have taken it two sizes down.",
        ),
        searches=(
            "wedding guest dress",
            "linen midi dress",
            "wrap dress with pockets",
            "summer dress",
        ),
    ),
    Theme(
        category="Running",
        share=0.27,
        products=(
            "Tempo running shoes",
            "Stride leggings",
            "Pace vest",
            "Kilo running jacket",
            "Interval shorts",
            "Cadence socks",
            "Relay running belt",
        ),
        praise=(
            "Ran my first half marathon in these and my feet felt fine.",
            "The leggings stay up, even on sprints, and the phone pocket does not bounce.",
            "Light running shoes with a springy sole, my easy pace got faster.",
            "The vest breathes well and does not chafe on long runs.",
            "Great for early runs in the dark, cars see the reflective strips.",
        ),
        detail=(
            "The toe box is roomy and the heel does not slip.",
            "Sweat dries quickly and there is no smell after a hard session.",
            "The waistband is wide and flat, so it does not dig in.",
            "I train four times a week and they still look new.",
        ),
        complaint=(
            "The cushioning was flat after a few weeks of training.",
            "The leggings slide down on every run.",
            "The seams chafe on anything longer than a short run.",
        ),
        searches=(
            "running shoes",
            "leggings with pocket",
            "reflective running jacket",
            "half marathon socks",
        ),
    ),
)

TITLES = ("", "", "Lovely", "Exactly right", "Very happy", "Just as described", "Worth it")
SOUR_TITLES = ("", "", "Not for me", "Expected more", "Sadly returned")
OPENINGS = (
    "",
    "",
    "Really happy with this. ",
    "Bought it last month. ",
    "A gift to myself. ",
    "Second one I own. ",
)
CLOSINGS = (
    "",
    "",
    "Would buy again.",
    "Delivery was quick.",
    "The shop answered my question the same day.",
)
SOUR_CLOSINGS = ("Sent it back.", "Disappointed for the price.", "Returning it was easy at least.")
