"""What `autograder doctor` says, and how the level for a run is chosen."""

import shutil
import sys

import pytest

from autograder.sandbox.doctor import examination as doctor
from autograder.sandbox.doctor import strongest
from autograder.sandbox.host.isolation import Level


def test_a_level_that_is_not_to_be_had_is_one_row_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    (finding,) = doctor.examine((Level.FULL,))
    assert (finding.attack, finding.verdict) == ("level", "not applicable")
    assert "apt-get install bubblewrap" in finding.how


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("bwrap") is None, reason="bubblewrap is not installed"
)
def test_without_bubblewrap_the_next_best_level_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    strongest.strongest.cache_clear()
    best = strongest.strongest()
    monkeypatch.setenv("PATH", "/nonexistent")
    strongest.strongest.cache_clear()
    assert strongest.strongest() <= min(best, Level.NAMESPACES)
    strongest.strongest.cache_clear()


def test_levels_are_ordered_and_named_as_in_reports() -> None:
    assert sorted(Level)[-1] is Level.FULL
    assert [str(level) for level in sorted(Level)] == ["limits", "container", "namespaces", "full"]
