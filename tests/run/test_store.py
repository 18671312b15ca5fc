"""Results on disk: whole or not at all, found again, and believed only while nothing changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.errors import InvalidHandIns, InvalidResult
from autograder.ingest.hand_ins import HandIn, HandIns
from autograder.report import read_results
from autograder.run.store import Store
from autograder.sandbox.host.isolation import Level
from autograder.status import ResultStatus
from autograder.verdict.codec import encode
from autograder.verdict.result import File

SAME = {"sha256": "a1" * 32, "course_sha256": "c0" * 32, "isolation": Level.FULL}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "out")


def test_what_was_written_is_read_again(store, result):
    path = store.write(result)
    assert path == store.out / "results" / "aiko" / "01_double.json"
    assert store.read("aiko", "01_double") == result
    assert read_results(store.out)[0] == [result]


@pytest.mark.parametrize("student", ["佐藤 健", "Chloé", "...", "a b", "x" * 120, "=cmd()", "-n"])
def test_any_name_that_is_fit_for_a_folder_will_do(store, result, student):
    named = replace(result, student=student)
    store.write(named)
    assert store.read(student, "01_double") == named


def test_text_stays_readable_in_the_file(store, result):
    path = store.write(replace(result, student="佐藤 健"))
    assert "佐藤 健" in path.read_text(encoding="utf-8")


def test_a_file_name_that_is_no_text_does_not_stop_the_class(store, result):
    # What Python makes of the bytes 0xff 0xfe in a file's name.
    path = os.fsdecode(b"submitted/\xff\xfe.ipynb")
    store.write(replace(result, submission=File(path, "a1" * 32)))
    assert store.read("aiko", "01_double").submission.sha256 == "a1" * 32


def test_an_invalid_result_is_not_written_and_leaves_the_old_one(store, result):
    store.write(result)
    with pytest.raises(InvalidResult):
        store.write(replace(result, score=99.0))
    assert read_results(store.out)[0] == [result]
    assert [path.name for path in (store.out / "results" / "aiko").iterdir()] == ["01_double.json"]


def test_a_folder_that_cannot_be_written_is_an_error_and_leaves_nothing(store, result):
    (store.out / "results").mkdir(parents=True)
    (store.out / "results" / "aiko").write_text("a file in the way")
    with pytest.raises(OSError, match="aiko"):
        store.write(result)
    assert read_results(store.out)[0] == []


# --- current or not ---------------------------------------------------------------------------


def test_nothing_changed_is_current(store, result):
    store.write(result)
    assert store.current("aiko", "01_double", **SAME) == result


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "b2" * 32},
        {"sha256": None},
        {"course_sha256": "d1" * 32},
        {"isolation": Level.CONTAINER},
    ],
)
def test_another_submission_course_or_level_is_not(store, result, change):
    store.write(result)
    assert store.current("aiko", "01_double", **(SAME | change)) is None


def test_a_result_that_the_grader_failed_on_is_tried_again(store, result):
    store.write(replace(result, status=ResultStatus.GRADER_ERROR))
    assert store.current("aiko", "01_double", **SAME) is None


def test_an_unreadable_file_need_not_be_read_again(store, result):
    store.write(replace(result, status=ResultStatus.UNREADABLE))
    assert store.current("aiko", "01_double", **SAME) is not None


def test_a_submission_without_bytes_is_never_current(store, result):
    store.write(replace(result, submission=File("submitted/aiko", None)))
    assert store.current("aiko", "01_double", **(SAME | {"sha256": None})) is None


def test_a_result_copied_into_anothers_folder_is_not_theirs(store, result):
    path = store.write(result)
    other = store.path("ben", "01_double")
    other.parent.mkdir()
    other.write_bytes(path.read_bytes())
    assert store.read("ben", "01_double") is None
    assert store.current("ben", "01_double", **SAME) is None


# --- damage -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"5",
        b'{"schema_version": 1}',
        b"[" * 100_000,
        b'{"score": ' + b"9" * 10_000 + b"}",
    ],
    ids=["empty", "cut", "no text", "null", "list", "number", "other", "deep", "long number"],
)
def test_a_damaged_result_counts_as_missing(store, result, content):
    store.write(result).write_bytes(content)
    assert store.read("aiko", "01_double") is None
    assert store.current("aiko", "01_double", **SAME) is None
    assert read_results(store.out)[0] == []
    store.write(result)
    assert store.read("aiko", "01_double") == result


def test_a_result_cut_anywhere_counts_as_missing(store, result):
    path = store.write(result)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2, 7):
        path.write_bytes(whole[:length])
        assert store.read("aiko", "01_double") is None


def test_a_folder_in_a_results_place_counts_as_missing(store):
    store.path("aiko", "01_double").mkdir(parents=True)
    assert store.read("aiko", "01_double") is None
    assert read_results(store.out)[0] == []


WRITER = """
import itertools, sys
from dataclasses import replace
from pathlib import Path
from autograder.run.store import Store
from autograder.status import CellStatus
from autograder.verdict.codec import decode
from autograder.verdict.result import CellResult, Timing
store, result = Store(Path(sys.argv[1])), decode(sys.argv[2])
cells = tuple(CellResult(n, CellStatus.ERROR, "x" * 300) for n in range(2000))
for number in itertools.count():
    store.write(replace(result, cells=cells, timing=Timing(float(number), 0.0)))
    if number == 0:
        print("writing", flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_a_whole_result(store, result):
    command = [sys.executable, "-c", WRITER, str(store.out), encode(result)]
    seen = set()
    for delay in (0.0, 0.003, 0.006, 0.011, 0.017):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout.readline() == b"writing\n"
            time.sleep(delay)
            os.kill(writer.pid, signal.SIGKILL)
        found = read_results(store.out)[0]
        assert len(found) == 1
        assert len(found[0].cells) == 2000
        seen.add(found[0].timing.wall_s)
    assert seen


# --- hand-ins -----------------------------------------------------------------------------------


def test_what_is_known_about_hand_ins_is_found_again(store):
    store.out.mkdir()
    assert store.hand_ins() == HandIns()
    known = HandIns(hand_ins=(HandIn("aiko", "01_double", "in/aiko.ipynb"),))
    assert store.update_hand_ins(lambda _: known) == known
    assert store.hand_ins() == known
    assert [path.name for path in store.out.iterdir()] == ["hand-ins.json"]


def test_damage_is_reported_by_name_and_replaced_by_the_next_run(store):
    store.out.mkdir()
    (store.out / "hand-ins.json").write_text("{")
    with pytest.raises(InvalidHandIns, match=r"hand-ins\.json: cannot be read .*Run `grade` again"):
        store.hand_ins()
    store.update_hand_ins(lambda known: known)
    assert store.hand_ins() == HandIns()


def test_two_runs_at_a_time_lose_nothing(store):
    store.out.mkdir()

    def note(student):
        def change(known):
            time.sleep(0.01)
            return replace(known, hand_ins=(*known.hand_ins, HandIn(student, "01_double", "f")))

        store.update_hand_ins(change)

    threads = [threading.Thread(target=note, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.student for one in store.hand_ins().hand_ins} == {str(n) for n in range(8)}
