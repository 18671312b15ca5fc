"""No regular expression of a trusted process takes exponential time on what students hand in.

Every pattern of those rooms is tried on repetitions of pieces of its own text: ``<!-->`` forty
times, followed by something that does not match. Where a repetition can be split in several ways,
forty of them take forever. `re` looks for signals while it matches, so a timer ends that.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from collections.abc import Iterator
from itertools import product
from types import FrameType
from typing import Any

import pytest

ROOMS = (
    *("carrying", "collect", "diagnosis", "exports", "gradebook", "ingest", "messages"),
    *("own_faults", "report", "run", "sandbox", "similarity", "suite"),
)
REPEATS = 40
SECONDS = 1.0
"""Of CPU time for all texts of a pattern: they take some milliseconds."""

COMMON = ("a", "0", " ", "\n", "_", "(", "=", ".", "'")


class _TooSlow(BaseException):
    pass


def _patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for room in (*ROOMS, "sanitize"):
        package = importlib.import_module(f"autograder.{room}")
        modules = [package.__name__]
        if hasattr(package, "__path__"):
            found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
            modules += [each.name for each in found if not each.name.endswith("__main__")]
        for module in modules:
            for name, value in vars(importlib.import_module(module)).items():
                if isinstance(value, re.Pattern):
                    yield f"{module.removeprefix('autograder.')}.{name}", value


PATTERNS = {name: each for each, name in {each: name for name, each in _patterns()}.items()}


def _hostile(pattern: str) -> Iterator[str]:
    """Repetitions of one or two pieces of a pattern, with an end that cannot match."""
    literal = re.sub(r"\\.|\(\?(?:P?<\w+>|<?[=!:>]|[a-z]+:?)", "|", pattern)
    pieces = dict.fromkeys([*re.findall(r"[^\[\](){}|?*+.^$]{1,8}", literal)[:24], *COMMON])
    for one, other in product(pieces, ["", *pieces]):
        yield (one + other) * REPEATS + "\x00"


@pytest.mark.parametrize("name", PATTERNS)
def test_takes_no_exponential_time(name: str) -> None:
    pattern = PATTERNS[name]
    text = pattern.pattern
    hostile = list(_hostile(text if isinstance(text, str) else text.decode("latin-1")))
    tried = ""

    def too_slow(_number: int, _frame: FrameType | None) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGVTALRM, too_slow)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        for tried in hostile:
            subject = tried if isinstance(text, str) else tried.encode("utf-8")
            pattern.match(subject)
            pattern.search(subject)
    except _TooSlow:
        pytest.fail(f"{name} takes too long on {tried[:20]!r}…")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def test_a_repetition_that_can_be_split_in_many_ways_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    comments = re.compile(rb"\s*(?:<!--.*?-->\s*)*</?(?:p|div)>", re.S)
    monkeypatch.setitem(PATTERNS, "comments", comments)
    with pytest.raises(pytest.fail.Exception, match="comments takes too long"):
        test_takes_no_exponential_time("comments")


def test_every_room_with_patterns_is_looked_at() -> None:
    assert len(PATTERNS) > 80
    assert {name.partition(".")[0] for name in PATTERNS} >= {"ingest", "suite", "carrying"}
