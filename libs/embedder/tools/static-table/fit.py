"""Rows such that the normalized sum of a text's rows comes near the teacher's vector of it."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

# Texts whose similarities to each other are fitted; divides the batch.
BLOCK = 256


@dataclass(frozen=True)
class Settings:
    dimensions: int = 256
    epochs: int = 5
    batch: int = 2048
    rate: float = 0.02
    # Weight of the squared error of similarities between texts, beside the cosine to the teacher.
    pairs: float = 4.0
    # a / (a + p), the smooth inverse frequency of Arora et al. 2017, for the start only.
    smoothing: float = 1e-3
    seed: int = 1


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def main_axes(vectors: np.ndarray, dimensions: int) -> np.ndarray:
    """Principal axes about zero, which keep dot products best; largest variance first, signs fixed."""
    _, axes = np.linalg.eigh((vectors.T @ vectors / len(vectors)).astype(np.float64))
    axes = axes[:, ::-1][:, :dimensions]
    return (axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])).astype(np.float32)


def first_rows(bags: sparse.csr_matrix, target: np.ndarray, smoothing: float) -> np.ndarray:
    """Mean teacher vector of the texts with the token, one-word texts above all, times the inverse frequency."""
    counts = np.asarray(bags.sum(0)).ravel()
    rows = (bags.T @ target) / np.maximum(counts, 1)[:, None]
    single = np.flatnonzero(np.asarray(bags.sum(1)).ravel() == 1)
    rows[bags[single].indices] = target[single]
    return (rows * (smoothing / (smoothing + counts / counts.sum()))[:, None]).astype(np.float32)


def batch_gradient(bags: sparse.csr_matrix, rows: np.ndarray, target: np.ndarray, pairs: float):
    """Gradient by row of mean(1 - cos(text, target)) + pairs * mean((similarity - target's)^2), and that loss.

    The second mean is over the pairs within blocks of the batch, which costs an eighth of all its pairs.
    """
    size, dimensions = target.shape
    sums = bags @ rows
    norms = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
    vectors = sums / norms
    blocks, wanted = vectors.reshape(-1, BLOCK, dimensions), target.reshape(-1, BLOCK, dimensions)
    error = blocks @ blocks.transpose(0, 2, 1) - wanted @ wanted.transpose(0, 2, 1)
    loss = 1 - (vectors * target).sum(1).mean() + pairs * np.square(error).mean()
    slope = -target / size + (pairs * 4 / (size * BLOCK)) * (error @ blocks).reshape(size, dimensions)
    slope = (slope - vectors * (vectors * slope).sum(1, keepdims=True)) / norms
    return bags.T @ slope, float(loss)


class Adam:
    """Kingma and Ba 2015, with 50 steps of warm-up and a linear end."""

    def __init__(self, shape: tuple[int, int], rate: float, steps: int):
        self.first, self.second = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self.rate, self.steps, self.step = rate, steps, 0

    def update(self, rows: np.ndarray, gradient: np.ndarray) -> None:
        self.step += 1
        self.first += 0.1 * (gradient - self.first)
        self.second += 0.01 * (np.square(gradient) - self.second)
        rate = self.rate * min(1, self.step / 50) * (1 - self.step / (self.steps + 1))
        scale = np.sqrt(self.second / (1 - 0.99**self.step)) + 1e-8
        rows -= np.float32(rate / (1 - 0.9**self.step)) * self.first / scale


def fit_rows(bags: sparse.csr_matrix, teacher: np.ndarray, settings: Settings) -> np.ndarray:
    """Tokens x dimensions. Sorted so that a prefix of the rows is the best smaller table."""
    kept = np.flatnonzero(np.asarray(bags.sum(1)).ravel() > 0)
    bags, target = bags[kept], unit(teacher[kept])
    target = unit(target @ main_axes(target, settings.dimensions))
    rows = first_rows(bags, target, settings.smoothing)
    random = np.random.default_rng(settings.seed)
    batches = len(kept) // settings.batch
    adam = Adam(rows.shape, settings.rate, settings.epochs * batches)
    for epoch in range(settings.epochs):
        order = random.permutation(len(kept))
        losses = []
        for batch in np.split(order[: batches * settings.batch], batches):
            gradient, loss = batch_gradient(bags[batch], rows, target[batch], settings.pairs)
            adam.update(rows, gradient)
            losses.append(loss)
        print(f"epoch {epoch + 1} of {settings.epochs}: loss {np.mean(losses):.5f}", flush=True)
    return rows @ main_axes(unit(bags @ rows), settings.dimensions)
