#!/usr/bin/env python3
"""Writes the rows of the sample project: a line of a recipe in, quantity, unit and ingredient as JSON out.

All words below were written for Fettle. Each ingredient belongs to one split only, so no row of the test split has a near twin among the training rows.
Rules the model has to learn: quantities become plain numbers (1 1/2 -> 1.5, "half a" -> 0.5, "a" -> 1), units become one short singular form or null,
preparation ("chopped", "at room temperature") is left out, "to taste" means no quantity and no unit. Run again: the same bytes.
"""
import json
import os
import random

SYSTEM = "Turn the recipe line into JSON."

# kind: which units fit. w = by weight, v = by volume, c = counted, l = liquid, s = a pinch or a spoon, h = herbs, k = kept in tins or packs
INGREDIENTS = {
    "w": "plain flour|brown sugar|icing sugar|cold butter|cream cheese|minced beef|chicken thighs|pork shoulder|smoked bacon|salmon fillet|dark chocolate|ground almonds|"
         "basmati rice|red lentils|pumpkin|new potatoes|brussels sprouts|cherry tomatoes|frozen peas|parmesan|feta|goat cheese|egg noodles|dried figs|raisins|"
         "self-raising flour|wholemeal flour|cornflour|polenta|pearl barley|bulgur|couscous|black beans|prawns|cod fillets|turkey breast|lamb shanks|marzipan|"
         "blackberries|rhubarb|gooseberries|green beans|parsnips|kale|mascarpone|ricotta|halloumi|cashew nuts|pine nuts|hazelnuts",
    "l": "whole milk|double cream|buttermilk|coconut milk|vegetable stock|chicken stock|dry white wine|orange juice|olive oil|sesame oil|apple cider|maple syrup|"
         "soy sauce|tomato passata|sour cream|natural yoghurt|lemon juice|rice vinegar|warm water|golden syrup|sunflower oil|fish stock|cherry brandy|almond milk",
    "s": "sea salt|black pepper|ground cumin|sweet paprika|chilli flakes|baking powder|dried oregano|ground cinnamon|nutmeg|turmeric|vanilla extract|mustard powder|"
         "garlic powder|bicarbonate of soda|ground ginger|caraway seeds|fennel seeds|cayenne pepper|garam masala|instant yeast|cocoa powder|poppy seeds|ground cloves|sumac",
    "c": "egg|onion|lemon|carrot|ripe banana|red pepper|courgette|aubergine|lime|apple|shallot|leek|sweet potato|avocado|egg yolk|cucumber|orange|pear|beetroot|"
         "red chilli|bay leaf|spring onion|turnip|plum|fennel bulb|egg white|vanilla pod|cinnamon stick|celery stick|flour tortilla",
    "h": "parsley|coriander|fresh basil|thyme|rosemary|dill|mint|chives|sage|tarragon|oregano|marjoram",
    "k": "chopped tomatoes|chickpeas|kidney beans|sweetcorn|tuna|coconut cream|white beans|sardines|condensed milk|puff pastry|ladyfingers|anchovies",
}
PREPARED = {
    "w": ["", "", "", ", diced", ", cut into cubes", ", at room temperature", ", roughly chopped", ", rinsed", ", weighed after trimming"],
    "l": ["", "", "", ", warmed", ", chilled", ", plus a little extra", ", at room temperature"],
    "s": ["", "", "", ", heaped", ", freshly ground", ", or a little more"],
    "c": ["", "", ", finely chopped", ", sliced", ", peeled", ", halved", ", cut into thin strips"],
    "h": ["", "", ", leaves only", ", finely chopped", ", torn", ", to garnish"],
    "k": ["", "", ", drained", ", drained and rinsed", ", opened"],
}
IRREGULAR = {"bay leaf": "bay leaves", "potato": "potatoes", "radish": "radishes"}


def plural(name):
    if name in IRREGULAR:
        return IRREGULAR[name]
    return name[:-1] + "ies" if name.endswith("rry") else name + ("es" if name.endswith(("ch", "sh")) or name == "sweet potato" else "s")


def line_of(kind, name, rng):
    """One line with its answer: (text, quantity, unit, ingredient)."""
    tail = rng.choice(PREPARED[kind])
    if kind == "w":
        form = rng.randrange(6)
        if form == 0:
            n = rng.choice([50, 75, 120, 150, 180, 200, 225, 250, 300, 350, 400, 450, 500, 600, 750])
            return f"{n}{rng.choice(['g', ' g', ' grams'])} {rng.choice(['', 'of '])}{name}{tail}", n, "g", name
        if form == 1:
            text, n = rng.choice([("1", 1), ("1.5", 1.5), ("2", 2), ("half a", 0.5), ("1 1/2", 1.5), ("3/4", 0.75)])
            return f"{text} {'kilo' if text == 'half a' else 'kg'} {'of ' if text == 'half a' else ''}{name}{tail}", n, "kg", name
        if form == 2:
            n = rng.choice([3, 4, 6, 8, 10, 12, 14])
            return f"{n} {rng.choice(['oz', 'ounces'])} {name}{tail}", n, "oz", name
        if form == 3:
            text, n = rng.choice([("1", 1), ("2", 2), ("1 1/2", 1.5), ("1/2", 0.5), ("two", 2)])
            return f"{text} {rng.choice(['lb', 'lb', 'pounds' if n > 1 else 'pound'])} {name}{tail}", n, "lb", name
        text, n = rng.choice([("1", 1), ("2", 2), ("1/2", 0.5), ("3/4", 0.75), ("1 1/4", 1.25), ("1/4", 0.25), ("one", 1), ("two", 2), ("half a", 0.5)])
        return f"{text} {'cups' if n > 1 else 'cup'} {rng.choice(['', 'of ']) if text != 'half a' else 'of '}{name}{tail}", n, "cup", name
    if kind == "l":
        form = rng.randrange(5)
        if form == 0:
            n = rng.choice([50, 80, 100, 125, 150, 200, 250, 300, 400, 500])
            return f"{n}{rng.choice(['ml', ' ml', ' millilitres'])} {rng.choice(['', 'of '])}{name}{tail}", n, "ml", name
        if form == 1:
            text, n = rng.choice([("1", 1), ("1.5", 1.5), ("2", 2), ("half a", 0.5), ("1 1/2", 1.5)])
            return f"{text} {'litre' if n <= 1 else 'litres'} of {name}{tail}", n, "l", name
        if form == 2:
            text, n = rng.choice([("1", 1), ("1/2", 0.5), ("3/4", 0.75), ("1 1/2", 1.5), ("2", 2), ("a", 1), ("1/3", 0.33)])
            return f"{text} {'cups' if n > 1 else 'cup'} {'of ' if text == 'a' else ''}{name}{tail}", n, "cup", name
        if form == 3:
            return f"a splash of {name}", 1, "splash", name
        n = rng.choice([1, 2, 3, 4, 5])
        return f"{n} {rng.choice(['tbsp', 'tablespoons' if n > 1 else 'tablespoon', 'Tbsp.'])} {name}{tail}", n, "tbsp", name
    if kind == "s":
        form = rng.randrange(5)
        if form == 0:
            return rng.choice([f"{name}, to taste", f"{name} to taste", f"some {name}, to taste"]), None, None, name
        if form == 1:
            text, n = rng.choice([("a pinch of", 1), ("1 pinch", 1), ("2 pinches", 2), ("a generous pinch of", 1), ("3 pinches of", 3)])
            return f"{text} {name}", n, "pinch", name
        text, n = rng.choice([("1", 1), ("1/2", 0.5), ("1/4", 0.25), ("2", 2), ("1 1/2", 1.5), ("half a", 0.5), ("3", 3), ("one", 1)])
        big = rng.random() < 0.3
        word = ("tablespoon" if big else "teaspoon") + ("s" if n > 1 else "")
        short = "tbsp" if big else "tsp"
        spoken = word if text in ("half a", "one") else rng.choice([short, short + ".", word])
        return f"{text} {spoken} {'of ' if text == 'half a' else rng.choice(['', 'of '])}{name}{tail}", n, short, name
    if kind == "c":
        form = rng.randrange(4)
        if form == 0:
            word, n = rng.choice([("two", 2), ("three", 3), ("four", 4), ("six", 6)])
            return f"{word} {rng.choice(['', 'large ', 'small ', 'medium '])}{plural(name)}{tail}", n, None, name
        if form == 1:
            article = "an" if name[0] in "aeiou" else "a"
            text, n = rng.choice([(article, 1), ("one", 1), ("half " + article, 0.5), ("1/2", 0.5)])
            return f"{text} {name}{tail}", n, None, name
        n = rng.choice([1, 2, 3, 4, 5, 6])
        return f"{n} {rng.choice(['', 'large ', 'small '])}{plural(name) if n > 1 else name}{tail}", n, None, name
    if kind == "h":
        form = rng.randrange(4)
        if form == 0:
            text, n = rng.choice([("a bunch of", 1), ("1 bunch", 1), ("half a bunch of", 0.5), ("2 bunches of", 2), ("a small bunch of", 1)])
            return f"{text} {name}{tail}", n, "bunch", name
        if form == 1:
            n = rng.choice([2, 3, 4, 5, 6])
            return f"{n} sprigs {rng.choice(['', 'of '])}{name}{tail}", n, "sprig", name
        if form == 2:
            text, n = rng.choice([("a handful of", 1), ("2 handfuls of", 2), ("a large handful of", 1)])
            return f"{text} {name}{tail}", n, "handful", name
        n = rng.choice([1, 2, 3])
        return f"{n} tbsp chopped {name}", n, "tbsp", name
    text, n = rng.choice([("1", 1), ("2", 2), ("a", 1), ("one", 1), ("two", 2), ("3", 3), ("half a", 0.5)])
    box, unit = rng.choice([("tin", "tin"), ("can", "tin"), ("pack", "pack"), ("packet", "pack"), ("jar", "jar")])
    size = rng.choice(["", "", "400 g ", "large ", "small "])
    return f"{text} {size}{box}{'s' if n > 1 else ''} {'' if rng.random() < 0.3 and text != 'half a' else 'of '}{name}{tail}", n, unit, name


def main():
    rng = random.Random(20)
    here = os.path.dirname(os.path.abspath(__file__))
    names = {"train": [], "validation": [], "test": []}
    for kind, text in INGREDIENTS.items():
        words = text.split("|")
        rng.shuffle(words)
        held = max(3, round(len(words) * 0.22))
        checked = max(1, round(len(words) * 0.10))
        names["test"] += [(kind, w) for w in words[:held]]
        names["validation"] += [(kind, w) for w in words[held:held + checked]]
        names["train"] += [(kind, w) for w in words[held + checked:]]
    wanted = {"train": 280, "validation": 40, "test": 90}
    for split, count in wanted.items():
        rows, seen = [], set()
        pool = list(names[split])
        rng.shuffle(pool)
        i = 0
        while len(rows) < count:
            kind, name = pool[i % len(pool)]
            i += 1
            text, quantity, unit, ingredient = line_of(kind, name, rng)
            if text.lower() in seen:
                continue
            seen.add(text.lower())
            answer = json.dumps({"quantity": quantity, "unit": unit, "ingredient": ingredient})
            rows.append({"messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}, {"role": "assistant", "content": answer}]})
        with open(os.path.join(here, split + ".jsonl"), "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        print(split, len(rows), "rows,", len(pool), "ingredients")


if __name__ == "__main__":
    main()
