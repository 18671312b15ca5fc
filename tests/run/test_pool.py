"""A class on worker processes: nothing is lost, whatever dies, and any worker gives the same."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course.load import load_course
from autograder.errors import WorkersFailed
from autograder.ingest import Submission
from autograder.report import read_results
from autograder.run import pool
from autograder.run.service import Step, grade_submissions, setup_for
from autograder.run.store import Store
from autograder.run.submission import Graded
from autograder.run.worker_process import WorkerProcess
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.session import Budget
from autograder.verdict.codec import encode
from tests.run.conftest import HALF, QUICK, RIGHT

SLOW = "import time\ndef double(x):\n    time.sleep(1)\n    return 2 * x\n"


@pytest.fixture
def handed_in(hand_in) -> list[Submission]:
    return [
        hand_in("aiko", RIGHT),
        hand_in("ben", HALF),
        hand_in("chloe", content=b"not a notebook"),
        hand_in("dmitri", "import os\nos._exit(1)\n", RIGHT),
        hand_in("elif", "def double(x):\n    raise ValueError(x)\n"),
        hand_in("fatima", "import numpy as np\ndef double(x):\n    return np.random.rand()\n"),
    ]


@pytest.fixture
def out(tmp_path: Path) -> Store:
    return Store(tmp_path / "out")


def grade(course, setup, submissions, store: Store, jobs: int) -> list[Step]:
    return list(grade_submissions(course, setup, submissions, store=store, jobs=jobs))


def when_handed_out(
    monkeypatch: pytest.MonkeyPatch, student: str, act: Callable[[int], None], times: int
) -> list[int]:
    """Call ``act`` with the worker's pid while it works on that student's submission."""
    hand_out, pids = pool._assign, []

    def spying(worker, waiting) -> None:
        hand_out(worker, waiting)
        if worker.submission.student == student and len(pids) < times:
            pids.append(worker.process.pid)
            threading.Timer(0.5, act, [worker.process.pid]).start()

    monkeypatch.setattr(pool, "_assign", spying)
    return pids


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_neither_the_number_of_workers_nor_the_order_changes_a_result(
    course, setup, handed_in, tmp_path
):
    one, two = Store(tmp_path / "one"), Store(tmp_path / "two")
    grade(course, setup, handed_in, one, jobs=1)
    grade(course, setup, handed_in[::-1], two, jobs=2)
    first, second = [
        [result.stable for result in read_results(store.out)[0]] for store in (one, two)
    ]
    assert first == second
    assert [(result.student, result.status, result.score) for result in first] == [
        ("aiko", "graded", 3.0),
        ("ben", "graded", 1.0),
        ("chloe", "unreadable", 0.0),
        ("dmitri", "graded", 3.0),
        ("elif", "graded", 0.0),
        ("fatima", "graded", 0.0),
    ]


def test_results_that_are_current_are_kept_without_starting_anything(
    course, setup, handed_in, out, hand_in, monkeypatch
):
    first = grade(course, setup, handed_in, out, jobs=1)
    assert not any(step.kept for step in first)
    (changed,) = [hand_in("ben", RIGHT)]
    again = grade(course, setup, [changed, *handed_in], out, jobs=1)
    assert [step.kept for step in again].count(False) == 2  # ben is in the list twice
    assert out.read("ben", "01_double").score == 3.0
    monkeypatch.setattr(WorkerProcess, "start", None)
    assert all(step.kept for step in grade(course, setup, handed_in, out, jobs=2))


def test_so_are_those_of_links_within_what_was_handed_in(course, setup, hand_in, out, monkeypatch):
    real = hand_in("real", RIGHT)
    link = replace(real, student="link", path=real.path.with_name("link.ipynb"))
    link.path.symlink_to(real.path.name)
    (first,) = grade(course, setup, [link], out, jobs=1)
    assert (first.kept, first.graded.result.score) == (False, 3.0)
    monkeypatch.setattr(WorkerProcess, "start", None)
    assert all(step.kept for step in grade(course, setup, [link], out, jobs=1))


def test_each_result_is_on_disk_before_it_is_reported(course, setup, handed_in, out):
    for step in grade_submissions(course, setup, handed_in[:2], store=out):
        result = step.graded.result
        assert out.read(result.student, result.exercise) == result


def test_a_worker_has_its_next_submission_before_its_result_is_written(
    course, setup, hand_in, out, monkeypatch
):
    hand_out, write = pool._assign, out.write
    events: list[str] = []

    def assigning(worker, waiting) -> None:
        hand_out(worker, waiting)
        events.append(f"{worker.submission.student} handed out")

    def writing(result):
        events.append(f"{result.student} written")
        return write(result)

    monkeypatch.setattr(pool, "_assign", assigning)
    monkeypatch.setattr(out, "write", writing)
    grade(course, setup, [hand_in(student, RIGHT) for student in ("aiko", "ben")], out, jobs=1)
    assert events == ["aiko handed out", "ben handed out", "aiko written", "ben written"]


def children(pid: int) -> list[int]:
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def descendants(pid: int) -> list[int]:
    found = children(pid)
    return found + [deeper for child in found for deeper in descendants(child)]


def workers() -> list[int]:
    """Processes of this one that grade."""
    return [
        pid
        for pid in children(os.getpid())
        if b"autograder.run.worker_process" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


def alive(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_worker_killed_in_the_middle_is_replaced_and_its_submission_tried_again(
    course, setup, hand_in, out, monkeypatch
):
    family: list[int] = []

    def kill_it(pid: int) -> None:
        family.extend(descendants(pid))
        kill(pid)

    submissions = [hand_in("a", RIGHT), hand_in("slow", SLOW), hand_in("z", HALF)]
    pids = when_handed_out(monkeypatch, "slow", kill_it, times=1)
    steps = grade(course, setup, submissions, out, jobs=1)
    assert len(pids) == 1
    scores = {step.graded.result.student: step.graded.result.score for step in steps}
    assert scores == {"a": 3.0, "slow": 3.0, "z": 1.0}
    assert {step.graded.result.status for step in steps} == {"graded"}
    assert workers() == []
    # The student's code went with the worker.
    assert family
    deadline = time.monotonic() + 10
    while any(map(alive, family)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, family))


@pytest.mark.slow
def test_a_submission_on_which_two_workers_died_is_the_graders_fault_and_the_rest_is_graded(
    course, setup, hand_in, out, monkeypatch
):
    submissions = [hand_in(name, RIGHT) for name in "ab"] + [hand_in("slow", SLOW)]
    submissions += [hand_in(name, HALF) for name in "yz"]
    pids = when_handed_out(monkeypatch, "slow", kill, times=2)
    steps = grade(course, setup, submissions, out, jobs=2)
    assert len(pids) == 2
    found = {step.graded.result.student: step.graded for step in steps}
    assert len(steps) == len(found) == 5
    assert {name: graded.result.score for name, graded in found.items() if name != "slow"} == {
        "a": 3.0, "b": 3.0, "y": 1.0, "z": 1.0,
    }  # fmt: skip
    lost = found["slow"]
    encode(lost.result)
    assert lost.result.status == "grader_error"
    assert lost.result.score == 0, "whoever kills the worker earns nothing by it"
    assert lost.result.needs_review
    assert "died twice" in lost.notes[0]
    # It is tried again the next time.
    (again,) = grade(course, setup, [submissions[2]], out, jobs=1)
    assert (again.kept, again.graded.result.status) == (False, "graded")


@pytest.mark.slow
def test_a_worker_that_hangs_is_replaced(course, setup, hand_in, out, monkeypatch):
    monkeypatch.setattr(pool, "GRACE_S", 2.0)
    setup = replace(setup, budget=replace(QUICK, total_wall_s=4.0))
    when_handed_out(monkeypatch, "slow", lambda pid: os.kill(pid, signal.SIGSTOP), times=1)
    (step,) = grade(course, setup, [hand_in("slow", SLOW)], out, jobs=1)
    assert step.graded.result.status == "graded"
    assert step.graded.result.score == 3.0


def test_a_worker_is_deaf_to_ctrl_c_from_its_first_instruction():
    # Else the terminal's Ctrl-C would have it show a traceback of its imports.
    before = signal.getsignal(signal.SIGINT)
    worker = WorkerProcess.start()
    try:
        status = Path(f"/proc/{worker.process.pid}/status")
        if not status.exists():
            pytest.skip("this system has no /proc")
        ignored = next(row for row in status.read_text().splitlines() if row.startswith("SigIgn"))
        assert int(ignored.split()[1], 16) >> (signal.SIGINT - 1) & 1
        assert signal.getsignal(signal.SIGINT) == before
    finally:
        worker.stop()


def test_no_more_workers_than_can_be_of_use(course, setup, hand_in, out, monkeypatch):
    monkeypatch.setattr(pool, "MAX_WORKERS", 2)
    most, started = 0, []
    start = WorkerProcess.start

    def counting():
        nonlocal most
        started.append(start())
        most = max(most, sum(1 for worker in started if worker.process.poll() is None))
        return started[-1]

    monkeypatch.setattr(WorkerProcess, "start", counting)
    steps = grade(course, setup, [hand_in(name, HALF) for name in "abcde"], out, jobs=1000)
    assert len(steps) == 5
    assert most == 2


def test_a_run_that_is_left_takes_its_workers_along(setup, handed_in, result):
    graded = pool.grade_all(setup, handed_in, 2, lambda _: Graded(result))
    next(graded)
    assert workers()
    graded.close()
    assert workers() == []


def test_a_course_that_cannot_be_graded_is_named_and_no_traceback_shown(
    course, hand_in, out, tmp_path, capfd
):
    root = tmp_path / "broken"
    for path in course.root.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            copy = root / path.relative_to(course.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (root / "tests" / "hidden" / "conftest.py").write_text("import no_such_module\n")
    broken = load_course(root)
    setup = setup_for(broken, Level.LIMITS, ["01_double"], budget=Budget(), locked={})
    with pytest.raises(WorkersFailed, match="tests/hidden: pytest did not run"):
        grade(broken, setup, [hand_in("a", RIGHT)], out, jobs=2)
    assert "Traceback" not in capfd.readouterr().err
    assert workers() == []


def test_an_empty_class_is_graded_at_once(course, setup, out, monkeypatch):
    monkeypatch.setattr(WorkerProcess, "start", None)
    assert grade(course, setup, [], out, jobs=4) == []
