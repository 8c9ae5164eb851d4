"""What people shop for: interests of many trades, for the corpus and for measuring."""

from __future__ import annotations

from collections.abc import Mapping

INTERESTS: Mapping[str, tuple[str, ...]] = {
    trade: tuple(phrase.strip() for phrase in phrases.split(","))
    for trade, phrases in {
        "knitwear": "knit tops, cable knit, merino, cardigans, cashmere, roll necks, chunky yarn",
        "dresses": "summer dresses, wrap dress, midi length, floral prints, petite fit, silk dress",
        "denim": "denim, high waist jeans, straight leg, denim jackets, indigo, selvedge",
        "shoes": "ankle boots, leather shoes, sandals, loafers, wide fit, sneakers, ballet flats",
        "running": "running shoes, trail running, running socks, sports watches, gels, shorts",
        "cycling": "road bikes, bike lights, cycling jerseys, helmets, panniers, gravel riding",
        "hiking": "hiking boots, rain jackets, backpacks, trekking poles, trail maps, base layers",
        "camping": "tents, sleeping bags, camp stoves, headlamps, hammocks, lanterns",
        "yoga": "yoga mats, leggings, meditation, yoga blocks, stretching, bolsters",
        "fitness": "dumbbells, resistance bands, kettlebells, foam rollers, strength training",
        "swimming": "swimwear, goggles, swim caps, beach towels, rash guards, flip flops",
        "skincare": "face serums, moisturiser, sun cream, clay masks, cleansing, night cream",
        "makeup": "lipsticks, mascara, eyeshadow, brushes, foundation, nail polish",
        "haircare": "shampoo, hair oil, curls, hair masks, combs, heat protection",
        "fragrance": "perfume, scented candles, room sprays, incense, bath salts, soaps",
        "jewellery": "gold rings, pearl earrings, necklaces, bracelets, charms, silver chains",
        "watches": "dive watches, leather straps, automatic movement, dress watches, chronographs",
        "coffee": "espresso, coffee beans, pour over, grinders, moka pots, cold brew",
        "tea": "green tea, loose leaf tea, teapots, matcha, herbal infusions, tea tins",
        "wine": "red wine, crisp whites, decanters, sparkling wine, wine glasses, corkscrews",
        "baking": "sourdough, cake tins, stand mixers, flour, rolling pins, cookie cutters",
        "cooking": "cast iron pans, chef knives, cutting boards, spices, olive oil, aprons",
        "chocolate": "dark chocolate, pralines, cocoa, truffles, caramel, nougat",
        "tableware": "stoneware, linen napkins, cutlery, serving bowls, mugs, glassware",
        "bedding": "duvets, pillows, linen sheets, throws, mattresses, bedspreads",
        "lighting": "desk lamps, pendant lights, floor lamps, lampshades, fairy lights",
        "furniture": "sofas, oak tables, armchairs, bookshelves, stools, sideboards",
        "rugs": "wool rugs, runners, kilims, doormats, cushions, curtains",
        "garden": "garden tools, seeds, planters, bird feeders, roses, compost, raised beds",
        "houseplants": "houseplants, ferns, succulents, watering cans, plant stands, orchids",
        "dogs": "dog beds, leashes, chew toys, dog treats, collars, puppy training",
        "cats": "cat trees, scratching posts, cat food, litter boxes, catnip, window perches",
        "baby": "baby blankets, strollers, rompers, baby carriers, teething rings, mobiles",
        "toys": "building blocks, puzzles, wooden trains, dolls, board games, kites",
        "books": "crime novels, poetry, cookbooks, travel writing, biographies, picture books",
        "stationery": "notebooks, fountain pens, ink, planners, washi tape, letter paper",
        "art": "watercolours, sketchbooks, oil paint, easels, pastels, canvases",
        "sewing": "fabric, patterns, thread, sewing machines, quilting, buttons",
        "music": "vinyl records, turntables, guitars, headphones, drum sticks, sheet music",
        "photography": "camera lenses, tripods, film rolls, photo albums, camera bags, filters",
        "gaming": "gaming chairs, controllers, keyboards, retro consoles, mouse pads, headsets",
        "phones": "phone cases, chargers, power banks, screen protectors, earbuds, cables",
        "bags": "tote bags, evening bags, wallets, crossbody bags, rucksacks, travel pouches",
        "lingerie": "bralettes, pyjamas, slips, lace, robes, soft cotton",
        "menswear": "oxford shirts, chinos, blazers, ties, tailoring, pocket squares",
        "outerwear": "trench coats, parkas, gilets, down jackets, scarves, wool hats",
        "fishing": "fishing rods, lures, waders, reels, tackle boxes, fly fishing",
        "surfing": "surfboards, wetsuits, board wax, leashes, boardshorts, surf hats",
        "skiing": "ski jackets, goggles, ski socks, thermal layers, ski boots, wax",
        "football": "football boots, shin pads, goalkeeper gloves, training balls, jerseys",
        "cheese": "cheese boards, goat cheese, crackers, chutney, cheese knives, blue cheese",
        "honey": "honey, jams, marmalade, maple syrup, nut butter, granola",
    }.items()
}
ALL_INTERESTS = tuple(dict.fromkeys(phrase for trade in INTERESTS.values() for phrase in trade))
