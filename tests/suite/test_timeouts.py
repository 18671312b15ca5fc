"""A call near its time limit is tried again with room before it counts as a timeout."""

from __future__ import annotations

from dataclasses import replace

from autograder.status import Status
from tests.suite.conftest import QUICK

SUITE = "\n".join(
    f'@criterion("{part}.{slug}")\ndef test_{part}_{slug}(student, make):\n'
    f"    same(student.{part}(1.0), 2.0)\n"
    for part in ("f", "g")
    for slug in ("one", "two", "three")
)
SLUGS = ["one", "two", "three"]
# The limits of wall time are as those of CPU time, and sleeping takes equally long everywhere.
BUDGET = replace(QUICK, call_wall_s=1.0, shortened_wall_s=0.3, total_wall_s=60)
NEAR = "import time\ndef {name}(x):\n    time.sleep({seconds})\n    return 2 * x\n"


def statuses(bench, *cells):
    bench.budget = BUDGET
    (found,) = bench.outcomes(bench.course(SUITE, f=SLUGS, g=SLUGS), cells)
    return {name: told.status for name, told in found.items()}, found


def test_a_call_just_over_the_limit_passes_and_costs_the_others_no_time(bench):
    f, g = NEAR.format(name="f", seconds=1.3), NEAR.format(name="g", seconds=0.6)
    found, _ = statuses(bench, f, g)
    assert set(found.values()) == {Status.PASSED}


def test_an_endless_part_takes_no_room_from_one_near_the_limit(bench):
    g = NEAR.format(name="g", seconds=0.45)  # time is shorter after two timeouts
    found, told = statuses(bench, "def f(x):\n    while True: pass\n", g)
    assert [found[f"g.{slug}"] for slug in SLUGS] == [Status.PASSED] * 3
    assert [found[f"f.{slug}"] for slug in SLUGS] == [Status.TIMEOUT] * 3
    message = told["f.one"].message
    assert "tried again with 2 times as much" in message["en"]
    assert "2倍の時間でもう一度" in message["ja"]
    assert "tried again" not in told["f.two"].message["en"], "once for each part"
