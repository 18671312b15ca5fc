"""What the tests of source_lib share."""

import os

# One thread: the products here are small, and threads that wait for each other cost more than they
# give. It has an effect where NumPy is not imported yet.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20240607)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make layers work in many tiny blocks, so that seams between blocks lie everywhere."""
    monkeypatch.setattr("source_lib.blocks.BUFFER_BYTES", 700)
