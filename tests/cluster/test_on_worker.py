"""What a Dask worker does with what it is sent, without Dask."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cluster import course_archive, on_worker, wire
from autograder.cluster.facts import Facts
from autograder.sandbox.host.isolation import Level
from tests.run.conftest import RIGHT


@pytest.fixture(autouse=True)
def scratch(monkeypatch, tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(on_worker, "_scratch", lambda: str(folder))
    monkeypatch.setattr(on_worker, "protect_host", lambda: None)
    return folder


def install(setup, archive: bytes) -> dict:
    header = {"run": "r", "setup": wire.setup_record(setup)}
    return wire.unframed(on_worker.install(wire.framed(header, archive)))[0]


def grade(submission) -> dict:
    message = wire.submission_message(submission, submission.path.read_bytes)
    return wire.unframed(on_worker.grade(wire.framed({"run": "r"}, message)))[0]


def end() -> None:
    on_worker.end(wire.framed({"run": "r"}))


def test_it_says_what_it_grades_with():
    record, _ = wire.unframed(on_worker.facts(wire.framed({"packages": ["numpy"]})))
    here = Facts.of_this_machine(["numpy"])
    assert replace(Facts.from_record(record), isolation=None) == here
    assert record["isolation"] in Level.__members__


def test_a_course_with_another_fingerprint_is_refused_and_removed(course, setup, scratch):
    other = replace(setup, course_sha256="0" * 64)
    refused = install(other, course_archive.pack(course.root))
    assert "arrived there as another one (fingerprint" in refused["refused"]
    _wait_for(lambda: not list(scratch.iterdir()))
    assert not list(scratch.iterdir())


def test_a_course_that_arrives_damaged_is_refused(course, setup, scratch):
    refused = install(setup, course_archive.pack(course.root)[:-100])
    assert "arrived damaged" in refused["refused"]
    _wait_for(lambda: not list(scratch.iterdir()))


def test_it_grades_until_the_run_ends_and_then_knows_nothing_of_it(course, setup, hand_in, scratch):
    try:
        assert install(setup, course_archive.pack(course.root)) == {"ready": True}
        (folder,) = scratch.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        record = grade(hand_in("aiko", RIGHT))
        assert wire.graded_from(record).result.score == 3.0
        (process,) = on_worker._runs["r"].all
        process.process.kill()  # it is replaced
        assert grade(hand_in("ben", RIGHT)) == {"died": True}
        assert wire.graded_from(grade(hand_in("ben", RIGHT))).result.score == 3.0
        (process,) = on_worker._runs["r"].all
    finally:
        end()
    _wait_for(lambda: not list(scratch.iterdir()))
    assert process.process.wait(10) != 0
    assert grade(hand_in("chloe", RIGHT)) == {"unknown": True}


def test_a_run_that_is_not_heard_of_any_more_ends(course, setup, scratch):
    install(setup, course_archive.pack(course.root))
    on_worker._end_all(on_worker.IDLE_S)
    assert "r" in on_worker._runs
    on_worker._runs["r"].heard -= on_worker.IDLE_S
    on_worker._end_all(on_worker.IDLE_S)
    assert on_worker._runs == {}
    assert not list(scratch.iterdir())


def _wait_for(done) -> None:
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)
