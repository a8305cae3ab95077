"""Fits one vector a token so that the sum over a sentence points where the teacher points."""

import numpy as np
from scipy import sparse


def counts(rows, size):
    """Sentences as rows, tokens as columns, how often as values."""
    at = np.cumsum([0] + [len(r) for r in rows])
    flat = np.concatenate([np.asarray(r) for r in rows])
    return sparse.csr_matrix((np.ones(len(flat), np.float32), flat, at), shape=(len(rows), size))


def project(sentences, tokens, dims):
    """Principal axes of the teacher's sentence vectors; both sets in them."""
    mean = sentences.mean(0)
    _, axes = np.linalg.eigh(np.cov((sentences - mean).T))
    axes = axes[:, ::-1][:, :dims].astype(np.float32)
    y, t = (sentences - mean) @ axes, (tokens - mean) @ axes
    return y / np.linalg.norm(y, axis=1, keepdims=True), t


def fit(a, y, start, epochs=12, batch=1024, rate=2e-3, hold=2e-2, seed=5):
    """Adam on 1 - cosine; hold draws every token back to where it began, so that rare ones stay near it."""
    rnd = np.random.default_rng(seed)
    e = start.copy()
    m, v = np.zeros_like(e), np.zeros_like(e)
    step = 0
    for epoch in range(epochs):
        order, total = rnd.permutation(a.shape[0]), 0.0
        for at in range(0, len(order), batch):
            part = order[at:at + batch]
            x = a[part]
            s = x @ e
            size = np.linalg.norm(s, axis=1, keepdims=True) + 1e-9
            u = s / size
            cos = (u * y[part]).sum(1, keepdims=True)
            total += float((1 - cos).sum())
            g = x.T @ (-(y[part] - cos * u) / size) / len(part)
            g += hold / a.shape[0] * (e - start)
            step += 1
            m = 0.9 * m + 0.1 * g
            v = 0.99 * v + 0.01 * g * g
            decay = rate * (1 - epoch / epochs)
            e -= decay * (m / (1 - 0.9 ** step)) / (np.sqrt(v / (1 - 0.99 ** step)) + 1e-8)
        print(f"epoch {epoch}: mean cosine {1 - total / a.shape[0]:.4f}", flush=True)
    return e
