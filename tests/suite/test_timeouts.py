"""A call near its time limit is tried again with room before it counts as a timeout."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.status import Status
from tests.suite.conftest import QUICK

SUITE = "\n".join(
    f'@criterion("{part}.{slug}")\ndef test_{part}_{slug}(student, make):\n'
    f"    same(student.{part}(1.0), 2.0)\n"
    for part in ("f", "g")
    for slug in ("one", "two", "three")
)
SLUGS = ["one", "two", "three"]
# The limits of wall time are as those of CPU time, and sleeping takes equally long everywhere. But
# code that does nothing else is not given a second attempt.
BUDGET = replace(QUICK, call_wall_s=1.0, shortened_wall_s=0.6, total_wall_s=60)
NEAR = """
import time
def {name}(x):
    sum(range(3 * 10**6))
    time.sleep({seconds})
    return 2 * x
"""


def statuses(bench, *cells):
    bench.budget = BUDGET
    (found,) = bench.outcomes(bench.course(SUITE, f=SLUGS, g=SLUGS), cells)
    return {name: told.status for name, told in found.items()}, found


@pytest.mark.slow
def test_a_call_just_over_the_limit_passes_and_costs_the_others_no_time(bench):
    f, g = NEAR.format(name="f", seconds=1.2), NEAR.format(name="g", seconds=0.5)
    found, _ = statuses(bench, f, g)
    assert set(found.values()) == {Status.PASSED}


@pytest.mark.slow
def test_an_endless_part_takes_no_room_from_one_near_the_limit(bench):
    g = NEAR.format(name="g", seconds=0.65)  # time is shorter after two timeouts
    found, told = statuses(bench, "def f(x):\n    while True: pass\n", g)
    assert [found[f"g.{slug}"] for slug in SLUGS] == [Status.PASSED] * 3
    assert [found[f"f.{slug}"] for slug in SLUGS] == [Status.TIMEOUT] * 3
    message = told["f.one"].message
    assert "tried again with 2 times as long" in message["en"]
    assert "2倍の時間でもう一度" in message["ja"]
    assert "in the loop `while True: pass` (cell 1, line 3)" in message["en"]
    assert "ループ`while True: pass`（セル1の3行目）" in message["ja"]
    assert "tried again" not in told["f.two"].message["en"], "once for each part"


NO_USE = {
    "it sleeps": "import time\ndef f(x):\n    time.sleep(99)\n",
    "it stops itself": "import os, signal\ndef f(x): os.kill(os.getpid(), signal.SIGSTOP)\n",
    "it blocks the clocks": (
        "import signal\ndef f(x):\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
        "    while True: pass\n"
    ),
}


@pytest.mark.parametrize("name", NO_USE)
@pytest.mark.slow
def test_what_more_time_would_not_help_is_not_tried_again(bench, name):
    found, told = statuses(bench, NO_USE[name], NEAR.format(name="g", seconds=0.1))
    assert [found[f"f.{slug}"] for slug in SLUGS] == [Status.TIMEOUT] * 3
    assert [found[f"g.{slug}"] for slug in SLUGS] == [Status.PASSED] * 3
    assert all("tried again" not in told[f"f.{slug}"].message["en"] for slug in SLUGS)


def test_code_that_waits_is_told_so_and_not_asked_about_loops(bench):
    f = "import time\ndef wait():\n    time.sleep(99)\ndef f(x):\n    for _ in [x]: wait()\n"
    _, told = statuses(bench, f, NEAR.format(name="g", seconds=0.1))
    message = told["f.one"].message
    assert "It was waiting, not computing, at `time.sleep(99)` (cell 1, line 4)." in message["en"]
    assert "`time.sleep(99)`（セル1の4行目）で待っている状態でした。" in message["ja"]
    assert "loop" not in message["en"]


def test_an_exception_whose_text_never_ends_is_a_timeout(bench):
    endless = """
class E(Exception):
    def __str__(self):
        while True: pass
def f(x): raise E
"""
    found, _ = statuses(bench, endless, NEAR.format(name="g", seconds=0.1))
    assert [found[f"f.{slug}"] for slug in SLUGS] == [Status.TIMEOUT] * 3


@pytest.mark.slow
def test_time_gets_short_when_a_notebook_has_used_much_of_it(bench):
    """Each call is just within its second limit, and there are many."""
    slow = NEAR.format(name="f", seconds=1.4) + NEAR.format(name="g", seconds=1.4)
    bench.budget = replace(BUDGET, generous_wall_s=5.0)
    (told,) = bench.outcomes(bench.course(SUITE, f=SLUGS, g=SLUGS), [slow])
    assert told["f.one"].status is Status.PASSED
    assert told["g.three"].status is Status.TIMEOUT
