"""What the tests of source_lib share."""

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20240607)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make layers work in many tiny blocks, so that seams between blocks lie everywhere."""
    monkeypatch.setattr("source_lib.blocks.BUFFER_BYTES", 700)
