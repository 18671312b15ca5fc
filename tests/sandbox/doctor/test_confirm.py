"""Every server that grades is attacked once more: what was found out before may be wrong."""

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.doctor import strongest
from autograder.sandbox.doctor.confirm import confirm
from autograder.sandbox.host import machine
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
from tests.paths import ROOT

HIDDEN = [ROOT / "tests" / "hidden" / "test_02_im2col.py", ROOT / "source_lib" / "windows.py"]


class Pretender(Server):
    """Says that it is of one level, and is of none."""

    def __init__(self, level: Level, limits: Limits) -> None:
        super().__init__(Level.LIMITS, limits)
        self._said = level

    def start(self) -> None:
        super().start()
        self.level = self._said


def test_a_level_that_holds_is_confirmed(level: Level) -> None:
    with Server(level, Limits()) as server:
        confirm(server, HIDDEN)


def test_a_level_that_does_not_hold_is_refused_and_forgotten(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    machine.remember("isolation", "FULL")
    with (
        Pretender(Level.FULL, Limits()) as server,
        pytest.raises(SandboxUnavailable, match="isolation level full does not hold here: "),
    ):
        confirm(server, HIDDEN)
    assert machine.recall("isolation") is None


@pytest.mark.parametrize("attempt", ["open", "list", "tcp", "unix socket", "signal", "exec"])
def test_each_attack_does_get_through_where_nothing_stops_it(attempt: str, monkeypatch) -> None:
    """One that can never succeed would confirm nothing."""
    monkeypatch.setattr("autograder.sandbox.doctor.confirm.forget", lambda: None)
    found = {}

    def note(seen):
        found.update(seen.report or {})
        return ["noted"]

    monkeypatch.setattr("autograder.sandbox.doctor.confirm.successes", note)
    with Pretender(Level.FULL, Limits()) as server, pytest.raises(SandboxUnavailable):
        confirm(server, [])
    said = [what for name, what in found.items() if name.startswith(attempt)]
    # As root a student's process has another user, and may not signal this one.
    assert said
    assert attempt == "signal" or said[0].startswith("got"), said


def test_a_level_known_from_an_earlier_run_is_not_tried_again(monkeypatch) -> None:
    monkeypatch.setattr(strongest.machine, "recall", lambda _name: "CONTAINER")
    monkeypatch.setattr(strongest, "_try_all", lambda: pytest.fail("tried"))
    strongest.strongest.cache_clear()
    try:
        assert strongest.strongest() is Level.CONTAINER
    finally:
        strongest.strongest.cache_clear()


@pytest.mark.parametrize("kept", ["LIMITS", "limits", "NONE", None, 4, ["FULL"]])
def test_no_cache_makes_a_level_of_what_is_none(monkeypatch, kept) -> None:
    monkeypatch.setattr(strongest.machine, "recall", lambda _name: kept)
    monkeypatch.setattr(strongest.machine, "remember", lambda _name, _found: None)
    monkeypatch.setattr(strongest, "_try_all", lambda: (Level.NAMESPACES, []))
    strongest.strongest.cache_clear()
    try:
        assert strongest.strongest() is Level.NAMESPACES
    finally:
        strongest.strongest.cache_clear()


def test_where_nothing_holds_that_is_not_remembered(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(strongest, "_try_all", lambda: (None, ["full: no"]))
    strongest.strongest.cache_clear()
    try:
        with pytest.raises(SandboxUnavailable, match="full: no"):
            strongest.strongest()
        assert strongest.strongest(trust_students=True) is Level.LIMITS
        assert machine.recall("isolation") is None
    finally:
        strongest.strongest.cache_clear()
