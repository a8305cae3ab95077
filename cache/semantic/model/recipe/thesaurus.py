"""Pairs of words of WordNet: the same in the most usual sense of both, or opposite."""

import collections
import re

PARTS = {"1": "noun", "2": "verb", "3": "adj", "4": "adv", "5": "adj"}


def senses(folder):
    """(word, part, offset) -> (number of the sense, how often it was seen)."""
    out = {}
    with open(f"{folder}/index.sense", encoding="latin-1") as f:
        for line in f:
            key, offset, number, seen = line.split()
            word, rest = key.split("%")
            out[word, PARTS[rest[0]], offset] = (int(number), int(seen))
    return out


def synsets(folder, part):
    with open(f"{folder}/data.{part}", encoding="latin-1") as f:
        for line in f:
            if line.startswith("  "):
                continue
            cols = line.split("|")[0].split()
            n = int(cols[3], 16)
            words = [re.sub(r"\(.*\)", "", w) for w in cols[4:4 + 2 * n:2]]
            pointers = cols[5 + 2 * n:]
            yield cols[0], words, [pointers[i:i + 4] for i in range(0, len(pointers) - 3, 4)]


def plain(word):
    return word.isalpha() and word.isascii() and word.islower() and len(word) >= 3


def pairs(folder, common):
    """Synonyms and opposites, both as sets of sorted pairs of common words."""
    number = senses(folder)
    same, contrary = set(), set()
    mass = collections.Counter()  # how often a word was seen in any sense of a part
    for (word, part, _), (_, seen) in number.items():
        mass[word, part] += seen
    parts = collections.defaultdict(set)
    for word, part, _ in number:
        parts[word].add(part)
    for part in ("noun", "verb", "adj", "adv"):
        at = {offset: words for offset, words, _ in synsets(folder, part)}
        for offset, words, pointers in synsets(folder, part):
            usual = []
            for w in words:
                n, seen = number.get((w.lower(), part, offset), (9, 0))
                share = seen / max(1, mass[w.lower(), part])
                if plain(w) and w in common and (n == 1 and share >= 0.4 or n == 1 and mass[w, part] == 0 or n == 2 and share >= 0.35):
                    usual.append(w)
            for i, a in enumerate(usual):
                for b in usual[i + 1:]:
                    same.add(tuple(sorted((a, b))))
            for symbol, target, _, which in pointers:
                if symbol == "!":
                    a = words[int(which[:2], 16) - 1]
                    b = at[target][int(which[2:], 16) - 1]
                    if plain(a) and plain(b):
                        contrary.add(tuple(sorted((a, b))))
    return same - contrary, contrary


def write(folder, same, contrary, near, least=0.6):
    """synonyms.txt and opposites.txt; a synonym must be one to the teacher as well."""
    with open(f"{folder}/synonyms.txt", "w") as f:
        f.writelines(f"{a} {b}\n" for a, b in sorted(same) if near(a, b) >= least)
    with open(f"{folder}/opposites.txt", "w") as f:
        f.writelines(f"{a} {b}\n" for a, b in sorted(contrary))
