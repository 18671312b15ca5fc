"""What known mistakes do is computed once and kept for later runs."""

from __future__ import annotations

from autograder import user_cache
from autograder.diagnosis import behaviour
from autograder.diagnosis.behaviour import Table
from autograder.diagnosis.script import record
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.suite.plugin import with_suites


def test_the_file_is_written_now_and_then_and_holds_nearly_all(
    course, known, monkeypatch, tmp_path
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    exercise, wrong = course.exercise("02_im2col"), known("02_im2col", "IM4")
    criterion = min(wrong.loses)
    computed, written, scripts = [], [], []
    notebook = OwnNotebook(course, OwnCode(exercise.id))
    with_suites(
        course,
        [exercise],
        lambda suites: scripts.append(record(suites, exercise, notebook, criterion)),
    )
    write, replay = user_cache.write, behaviour.replay

    def table() -> Table:
        return Table(course, "c0" * 32, exercise, lambda *_: scripts[0])

    def replayed(*arguments):
        computed.append(arguments)
        return replay(*arguments)

    monkeypatch.setattr(behaviour, "replay", replayed)
    monkeypatch.setattr(user_cache, "write", lambda *file: (written.append(file), write(*file)))
    first = table()
    for round in range(200):
        first.of([wrong], criterion, round)
        first.keep()
    assert len(computed) == 200
    assert len(written) <= 40

    later, computed[:] = table(), []
    for round in range(200):
        seen = later.of([wrong], criterion, round)
        assert seen.keys() == first.of([wrong], criterion, round).keys() != set()
        assert all(seen[i].agrees(one) for i, one in first.of([wrong], criterion, round).items())
    assert len(computed) <= 200 / 9
