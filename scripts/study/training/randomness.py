"""Randomness split by purpose, so that a change in one place does not affect the draws in another."""

import hashlib

import numpy as np
import numpy.typing as npt


def derive_seed(seed: int, purpose: str) -> int:
    """Return a 31-bit seed for one purpose of one run, by hashing both."""
    return int.from_bytes(hashlib.sha256(f"{purpose}:{seed}".encode()).digest()[:4], "big") >> 1


def epoch_order(indices: npt.NDArray[np.int64], seed: int, epoch: int, shuffle: bool) -> npt.NDArray[np.int64]:
    """Return the order in which an epoch (from 1) visits training images; the same in both frameworks."""
    if not shuffle:
        return indices
    return np.random.Generator(np.random.PCG64(derive_seed(seed, f"order:{epoch}"))).permutation(indices)


def epoch_flips(images: int, seed: int, epoch: int) -> npt.NDArray[np.bool_]:
    """Return which training images an epoch (from 1) mirrors, bool [images]: each with probability one half.

    Drawn by image and not by place in the epoch, so that neither order nor batches affect a draw; the same in both
    frameworks.
    """
    return np.random.Generator(np.random.PCG64(derive_seed(seed, f"flips:{epoch}"))).random(images) < 0.5


def shuffled_labels(trained: npt.NDArray[np.int64], images: int, seed: int) -> npt.NDArray[np.int64]:
    """Of each of so many training images, the one whose label it is trained with, int64 [images].

    Those that are ``trained`` on have each other's, in one order for the whole training; the same in both frameworks.
    """
    sources = np.arange(images)
    sources[trained] = np.random.Generator(np.random.PCG64(derive_seed(seed, "labels"))).permutation(trained)
    return sources


def split_validation(images: int, fraction: float, seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the indices of the images that are trained on, in order, and of those set aside."""
    shuffled = np.random.Generator(np.random.PCG64(derive_seed(seed, "split"))).permutation(images)
    held_out = round(images * fraction)
    return np.sort(shuffled[held_out:]), np.sort(shuffled[:held_out])
