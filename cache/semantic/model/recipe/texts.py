"""The sentences the table is fitted to: definitions and examples of WordNet, and questions made of its words.

Nothing else: no collection of questions by people, and none of the sets that the cache is measured with.
"""

import random
import re

FRAMES = [
    "how do i {v} a {n}?", "how can i {v} {n}?", "how to {v} {n}", "what is {n}?", "what is the difference between {n} and {m}?",
    "what are the advantages of {n}?", "why is {n} {a}?", "what is the best way to {v} {n}?", "explain {n} to a {m}",
    "write a {a} {n} about {m}", "give me a list of {a} {n}", "can you {v} the {n}?", "where can i find {a} {n}?",
    "which {n} is the most {a}?", "does {n} cause {m}?", "is it possible to {v} {n} without {m}?", "summarize {n} in three sentences",
    "who invented {n}?", "when was {n} {v}ed?", "how much does a {n} cost?", "how long does it take to {v} {n}?",
    "translate {n} to {m}", "what happens if i {v} the {n}?", "what are some {a} examples of {n}?", "should i {v} {n} or {m}?",
    "what does {n} mean?", "how does {n} work?", "tell me about {n} in {m}", "what is the role of {n} in {m}?",
    "please {v} this {n} for me", "i want to {v} my {n}", "my {n} is {a}, what should i do?", "are {n} {a}?",
]


def glosses(folder):
    for part in ("noun", "verb", "adj", "adv"):
        with open(f"{folder}/data.{part}", encoding="latin-1") as f:
            for line in f:
                if not line.startswith("  "):
                    yield line.split("|", 1)[1].strip()


def lemmas(folder, part, most):
    """The words of one part of speech with the most senses in use first."""
    found = []
    with open(f"{folder}/index.{part}", encoding="latin-1") as f:
        for line in f:
            if line.startswith("  "):
                continue
            cols = line.split()
            used = int(cols[5 + int(cols[3])])
            found.append((-used, cols[0].replace("_", " ")))
    found.sort()
    return [w for _, w in found[:most]]


def corpus(folder, each, seed=5):
    rnd = random.Random(seed)
    definitions, examples = [], []
    for g in glosses(folder):
        for quote in re.findall(r'"([^"]+)"', g):
            if 3 <= len(quote.split()) <= 24:
                examples.append(quote)
        text = g.split('"')[0].strip(" ;")
        if 3 <= len(text.split()) <= 24:
            definitions.append(text)
    n, v, a = (lemmas(folder, p, most) for p, most in (("noun", 16000), ("verb", 4000), ("adj", 4000)))
    asked = [rnd.choice(FRAMES).format(n=rnd.choice(n), m=rnd.choice(n), v=rnd.choice(v), a=rnd.choice(a)) for _ in range(2 * each)]
    out = rnd.sample(definitions, each) + rnd.sample(examples, min(each, len(examples))) + asked
    rnd.shuffle(out)
    return out
