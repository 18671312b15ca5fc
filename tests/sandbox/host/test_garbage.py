"""Large data in cycles is freed before this process has grown by much."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import numpy as np
import pytest

from autograder.sandbox.host.garbage import GROWTH_BYTES, Collector, memory


@pytest.fixture
def _without_collections() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_without_collections")
def test_large_arrays_in_cycles_are_freed() -> None:
    collector = Collector()
    before = collector.collect_if_grown()
    if before is None:
        pytest.skip("this system does not tell what a process has")
    for _ in range(40):
        held: list[object] = [np.ones(2**20)]
        held.append(held)
        collector.collect_if_grown()
    del held
    after = memory()
    assert after is not None
    assert after.resident < before.resident + 2 * GROWTH_BYTES
