"""Answers and callbacks that keep the trusted process busy, or fill its memory: none of it pays.

What a student sends is bounded before it is computed with, and the computing itself runs under
limits (`autograder.sandbox.host.overload`).
"""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from autograder.sandbox.host import overload
from autograder.sandbox.host.session import Budget
from tests.red_team.attacks.answers import ANSWERS, CALLBACKS, NETWORK, TWICE
from tests.red_team.attacks.memory import memory_mb

pytestmark = pytest.mark.slow

LARGE = {
    # The rest only takes time, which `test_attacks` bounds.
    name: attack
    for name, attack in CALLBACKS.items()
    if name != "callbacks again and again"
}

SHORT = Budget(cell_s=1, cells_s=2, call_cpu_s=1, call_wall_s=3, total_wall_s=30)


@pytest.fixture(scope="module")
def graded_and_growth_mb(grade_books):
    """What became of all of them, and by how much this process swelled meanwhile."""
    books = {
        name: ("06_simple_convnet", ["import numpy as np", NETWORK, attack])
        for name, attack in LARGE.items()
    } | {
        name: ("03_convolution", ["import numpy as np", TWICE.format(answer=answer)])
        for name, answer in ANSWERS.items()
    }
    grade_books({"warm-up": books["many bytes"]}, SHORT)
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    before = memory_mb("VmRSS")
    return grade_books(books, SHORT), memory_mb("VmHWM") - before


@pytest.fixture(scope="module")
def graded(graded_and_growth_mb):
    return graded_and_growth_mb[0]


@pytest.mark.parametrize("name", [*LARGE, *ANSWERS])
def test_it_earns_nothing_for_what_it_attacks(graded, name):
    marked = graded[name]
    earned = {entry.id for entry in marked.result.criteria if entry.points}
    assert earned <= {"SimpleConvNet.__init__.parameter_shapes"}
    assert marked.wall_s < SHORT.total_wall_s + 20


def test_the_trusted_process_stays_small(graded_and_growth_mb):
    """All of them were graded by this very process."""
    assert graded_and_growth_mb[1] < 150


def test_time_that_the_trusted_side_takes_is_bounded():
    def busy() -> None:
        while True:
            pass

    with pytest.raises(overload.HostOverload), overload.bounded(0.05):
        busy()


def test_memory_that_the_trusted_side_takes_is_bounded():
    with pytest.raises(MemoryError), overload.bounded(5.0, memory_mb=64):
        bytearray(128 * 2**20)
    assert len(bytearray(128 * 2**20)) == 128 * 2**20  # the limit has gone


def test_processes_started_meanwhile_inherit_no_limit():
    with overload.bounded(5.0, memory_mb=64), overload.unbounded_memory():
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        assert soft == hard
