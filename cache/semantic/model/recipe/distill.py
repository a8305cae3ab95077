"""Makes table.bin, the word lists of the guard and the golden vectors. See ../README.md."""

import argparse
import hashlib
import json
import struct

import numpy as np

import fit
import teacher
import texts
import thesaurus

DIMS, EACH, LONGEST = 128, 15000, 40


def kept(vocab):
    """Rows of the table: pieces of ASCII, without BERT's placeholders."""
    return [i for i, t in enumerate(vocab) if t.isascii() and not (t.startswith("[") and t.endswith("]") and len(t) > 1)]


def fnv(data, bits):
    prime, h = ((16777619, 2166136261) if bits == 32 else (1099511628211, 14695981039346656037))
    for b in data:
        h = (h ^ b) * prime % (1 << bits)
    return h


def slots(names):
    size = 1
    while size < 2 * len(names):
        size *= 2
    out = [0] * size
    for row, name in enumerate(names):
        at = fnv(name.encode(), 32) & (size - 1)
        while out[at]:
            at = (at + 1) & (size - 1)
        out[at] = row + 1
    return out


def bloom(words, bits=1 << 20, turns=6):
    out = bytearray(bits // 8)
    for w in words:
        h = fnv(w.encode(), 64)
        a, b = h & 0xFFFFFFFF, h >> 32 | 1
        for i in range(turns):
            at = (a + i * b) % bits
            out[at >> 3] |= 1 << (at & 7)
    return bytes(out)


def write(path, names, table, words):
    """The file that Go embeds; layout: ../table.go."""
    scale = np.abs(table).max(1) / 127
    scale[scale == 0] = 1
    rows = np.rint(table / scale[:, None]).astype(np.int8)
    blob = "".join(names).encode()
    ends = np.cumsum([len(n) for n in names]).astype("<u4")
    slot, filt = slots(names), bloom(words)
    body = scale.astype("<f4").tobytes() + ends.tobytes() + np.array(slot, "<u2").tobytes() + blob + filt + rows.tobytes()
    head = b"ASBRUEMB" + struct.pack("<6I", 1, DIMS, len(names), len(slot), len(blob), len(filt))
    with open(path, "wb") as f:
        f.write(head + hashlib.sha256(body).digest() + body)
    return rows.astype(np.float32) * scale[:, None].astype(np.float32)


def golden(path, sample, ids, table):
    with open(path, "w", encoding="utf-8") as f:
        for text in sample:
            row = [p for w in teacher.words(text) for p in teacher.pieces(w, ids)]
            v = table[row].sum(0) if row else np.zeros(DIMS)
            v = v / (np.linalg.norm(v) + 1e-12)
            f.write(json.dumps({"text": text, "rows": row, "first": [round(float(x), 5) for x in v[:16]]}, ensure_ascii=False) + "\n")


ODD = ["", "   ", "C++ & C#?!", "naïve café über Ångström", "the 3.14 of 1,000 and 60k", "don't won't I'm", "日本語 text", "x" * 120,
       "e-mail: a_b@c.de", "ALL CAPS AND lower", "tab\tand\nline", "½ and ²", "unbelievablyantidisestablishment", "“quoted” ‘text’ — dash…"]


def lemmas(folder):
    out = set()
    for part in ("noun", "verb", "adj", "adv"):
        with open(f"{folder}/index.{part}", encoding="latin-1") as f:
            for line in f:
                if not line.startswith("  "):
                    out.update(w for w in line.split()[0].split("_") if w.isalpha() and w.isascii())
    return out


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("--model", required=True, help="folder of model.safetensors and vocab.txt")
    arg.add_argument("--wordnet", required=True, help="folder of WordNet's data and index files")
    arg.add_argument("--cache", default="", help="keep the teacher's vectors here between runs")
    arg.add_argument("--out", default="..")
    arg = arg.parse_args()

    weights, vocab = teacher.load(arg.model)
    ids = {t: i for i, t in enumerate(vocab)}
    cls, sep = ids["[CLS]"], ids["[SEP]"]

    def rows(text):
        return [p for w in teacher.words(text) for p in teacher.pieces(w, ids)]

    corpus = [(t, r) for t, r in ((t, rows(t)) for t in texts.corpus(arg.wordnet, EACH)) if 2 <= len(r) <= LONGEST]
    try:
        sentences, tokens = np.load(arg.cache + "/S.npy"), np.load(arg.cache + "/T.npy")
    except OSError:
        sentences = teacher.encode_all(weights, [[cls] + r + [sep] for _, r in corpus])
        tokens = teacher.encode_all(weights, [[cls, i, sep] for i in range(len(vocab))])

    y, t = fit.project(sentences, tokens, DIMS)
    a = fit.counts([r for _, r in corpus], len(vocab))
    seen = np.asarray(a.sum(0)).ravel()
    often = (seen + 1) / (seen.sum() + len(vocab))
    e = fit.fit(a, y, (t * (1e-3 / (1e-3 + often))[:, None]).astype(np.float32))

    keep = kept(vocab)
    names = [vocab[i] for i in keep]
    table = write(f"{arg.out}/table.bin", names, e[keep], lemmas(arg.wordnet))
    own = {n: i for i, n in enumerate(names)}
    sample = ODD + [t for t, _ in corpus[:200 - len(ODD)]]
    golden(f"{arg.out}/testdata/golden.jsonl", sample, own, table)

    near = tokens / np.linalg.norm(tokens, axis=1, keepdims=True)
    same, contrary = thesaurus.pairs(arg.wordnet, ids)
    thesaurus.write(f"{arg.out}/../guard", same, contrary, lambda a, b: float(near[ids[a]] @ near[ids[b]]))


if __name__ == "__main__":
    main()
