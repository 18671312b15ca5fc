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


def test_the_pace_is_said_every_ten_seconds(clock: Clock) -> None:
    pace = Pace(61, clock)
    clock.now += 9
    assert pace.after(1) == ""
    clock.now += 1
    assert pace.after(2) == " (12 a minute, 5 min left)"
    clock.now += 9
    assert pace.after(3) == ""
    clock.now += 11
    assert pace.after(59) == " (118 a minute, 1 s left)"


def test_what_is_unchanged_says_nothing_about_the_rest(clock: Clock) -> None:
    pace = Pace(1000, clock)
    assert pace.after(900, 900) == ""
    clock.now += 10
    assert pace.after(901) == " (6 a minute, 16 min left)"


def test_hours_are_hours_and_the_last_line_has_no_time_left(clock: Clock) -> None:
    pace = Pace(1001, clock)
    clock.now += 20
    assert pace.after(1) == " (3 a minute, 5 h 33 min left)"
    clock.now += 20
    assert pace.after(1001) == ""
