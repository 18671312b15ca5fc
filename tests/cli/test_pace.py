"""Long tasks say how fast they get on and how long they will take."""

from __future__ import annotations

import pytest

from autograder.cli.console import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_pace_is_printed_every_ten_seconds(clock: Clock) -> None:
    pace = Pace(155, clock)
    clock.now += 9
    assert pace.after(4) == ""
    clock.now += 1
    assert pace.after(5) == " (30 a minute, 5 min left)"
    clock.now += 9
    assert pace.after(6) == ""
    clock.now += 11
    assert pace.after(150) == " (300 a minute, 1 s left)"


def test_a_slow_start_says_nothing_about_the_rest(clock: Clock) -> None:
    pace = Pace(155, clock)
    clock.now += 30
    assert pace.after(4) == ""


def test_what_is_unchanged_says_nothing_about_the_rest(clock: Clock) -> None:
    pace = Pace(1000, clock)
    assert pace.after(900, 900) == ""
    clock.now += 10
    assert pace.after(905) == " (30 a minute, 3 min left)"


def test_hours_are_hours_and_the_last_line_has_no_time_left(clock: Clock) -> None:
    pace = Pace(1001, clock)
    clock.now += 20
    assert pace.after(5) == " (15 a minute, 1 h 6 min left)"
    clock.now += 20
    assert pace.after(1001) == ""
