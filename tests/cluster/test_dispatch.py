"""Workers come, go, die and lie: what becomes of the submissions. The cluster is a fake."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import pytest

from autograder.cluster import dispatch, wire
from autograder.cluster.connection import Answer, Failed
from autograder.cluster.dispatch import Dispatcher
from autograder.cluster.facts import Facts
from autograder.errors import WorkersFailed
from autograder.run.jobs import Graded
from autograder.sandbox.host.isolation import Level
from tests.run.conftest import RIGHT, result

__all__ = ["result"]

OURS = Facts("here", "0.1.0", "c0de", "3.11", "2.4", {})


class _Call:
    def cancel(self) -> None:
        pass


@dataclass
class FakeCluster:
    """Answers at once, or never. ``grade(worker, student)`` gives the answer about a submission.

    A worker that answers "dies" is gone, with all that it has.
    """

    grade: Callable[[str, str], dict | str]
    threads: dict[str, int]
    facts: dict[str, Facts] = field(default_factory=dict)
    install: dict[str, Answer] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    held: dict[str, list[Callable[[], None]]] = field(default_factory=dict)

    def workers(self) -> dict[str, int]:
        return dict(self.threads)

    def call(self, worker: str, name: str, message: bytes, done: Callable[[Answer], None]):
        if name == "facts":
            theirs = self.facts.get(worker, replace(OURS, isolation=Level.FULL))
            done(theirs if isinstance(theirs, Failed) else wire.framed(theirs.record()))
        elif name == "install":
            done(self.install.get(worker, wire.framed({"ready": True})))
        else:
            student = wire.unframed(wire.unframed(message)[1])[0]["student"]
            self.log.append((worker, student))
            answer = self.grade(worker, student)
            if answer == "dies":
                self.threads.pop(worker, None)
            elif answer != "hangs" and worker in self.threads:
                done(wire.framed(answer))
        return _Call()

    def end(self, workers: Iterable[str], message: bytes) -> None:  # noqa: ARG002 (as `Cluster`)
        self.ended += workers


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(dispatch, "LOOK_S", 0.01)
    monkeypatch.setattr(dispatch, "PATIENCE_S", 0.1)


@pytest.fixture
def run(setup, hand_in, result):
    """Grade these students on a fake cluster: who was lost, and what was said."""
    setup = replace(setup, level=Level.FULL)

    def graded(student: str) -> Graded:
        own = replace(
            result, student=student, exercise="01_double",
            course_sha256=setup.exercise_sha256s["01_double"],
        )  # fmt: skip
        return Graded(own)

    def run(cluster: FakeCluster, students: str, said: list[str] | None = None) -> dict[str, str]:
        original = cluster.grade

        def answering(worker: str, student: str):
            answer = original(worker, student)
            return wire.graded_record(graded(student)) if answer == "grades" else answer

        cluster.grade = answering
        told = [] if said is None else said
        dispatcher = Dispatcher(
            cluster, setup, b"", OURS,
            lambda one: replace(graded(one.student), notes=("lost",)), told.append,
        )  # fmt: skip
        found = {}
        for one in dispatcher.grade_all([hand_in(student, RIGHT) for student in students]):
            assert one.result.student not in found, "twice"
            found[one.result.student] = "lost" if one.notes else "graded"
            path = one.result.submission.path
            assert one.notes or path.endswith(f"submitted/{one.result.student}.ipynb")
        return found

    return run


def everybody(students: str, **others: str) -> dict[str, str]:
    return dict.fromkeys(students, "graded") | others


def test_all_workers_take_part_and_are_told_when_it_is_over(run):
    cluster = FakeCluster(lambda *_: "grades", {"a": 1, "b": 2})
    assert run(cluster, "stuvwxyz") == everybody("stuvwxyz")
    assert {worker for worker, _ in cluster.log} == {"a", "b"}
    assert sorted(cluster.ended) == ["a", "b"]


def test_what_a_dead_worker_had_is_graded_elsewhere(run):
    cluster = FakeCluster(lambda w, _: "dies" if w == "a" else "grades", {"a": 2, "b": 1})
    assert run(cluster, "stuvwxyz") == everybody("stuvwxyz")


def test_a_submission_that_kills_every_worker_is_lost_without_affecting_others(run):
    def kills(worker: str, student: str) -> str:
        if student == "t":
            cluster.threads[f"{worker}'"] = 3  # a nanny starts another one
            return "dies"
        return "grades"

    cluster = FakeCluster(kills, {"a": 3})
    assert run(cluster, "stuvwxyz") == everybody("stuvwxyz", t="lost")
    alone = [worker for worker, student in cluster.log if student == "t"]
    assert 2 <= len(alone) <= 3, "once in company at most, twice alone"


def test_a_grading_process_that_dies_twice_on_a_submission_is_the_local_rule(run):
    cluster = FakeCluster(lambda _, s: {"died": True} if s == "t" else "grades", {"a": 1})
    assert run(cluster, "stu") == everybody("stu", t="lost")
    assert [student for _, student in cluster.log].count("t") == 2


def test_a_worker_that_was_started_again_at_the_same_address_gets_the_course_again(run):
    seen = []

    def forgets(_: str, student: str) -> dict | str:
        seen.append(student)
        return {"unknown": True} if len(seen) == 2 else "grades"

    assert run(FakeCluster(forgets, {"a": 1}), "stu") == everybody("stu")


def test_a_worker_that_can_start_no_process_any_more_is_left_out(run):
    said = []
    cluster = FakeCluster(
        lambda w, _: {"cannot_start": "the disk is full"} if w == "a" else "grades",
        {"a": 1, "b": 1},
    )
    assert run(cluster, "stuv", said) == everybody("stuv")
    assert said == ["worker a is not used: the disk is full"]


def test_a_worker_that_answers_nothing_is_left_out(run, monkeypatch):
    monkeypatch.setattr(dispatch, "START_S", -19.9)  # beyond the notebook's own 20 s
    monkeypatch.setattr(dispatch, "GRACE_S", 0.2)
    said = []
    cluster = FakeCluster(lambda w, _: "hangs" if w == "a" else "grades", {"a": 1, "b": 1})
    assert run(cluster, "stuv", said) == everybody("stuv")
    assert "worker a is not used: it does not answer" in said


def test_refused_workers_get_nothing_and_the_rest_does_the_work(run):
    said = []
    cluster = FakeCluster(
        lambda *_: "grades",
        {"a": 1, "b": 1, "c": 1, "d": 1},
        facts={
            "a": Failed("No module named 'autograder'"),
            "b": replace(OURS, host="pc2", isolation=Level.CONTAINER),
        },
        install={"c": wire.framed({"refused": "the course arrived there as another one"})},
    )
    assert run(cluster, "stuv", said) == everybody("stuv")
    assert {worker for worker, _ in cluster.log} == {"d"}
    assert [line.partition(":")[0] for line in said] == [
        "worker a is not used", "worker b (pc2) is not used", "worker c (here) is not used",
    ]  # fmt: skip


def test_no_usable_worker_is_an_error_with_every_reason(run):
    cluster = FakeCluster(lambda *_: "grades", {"a": 1}, facts={"a": replace(OURS, python="3.13")})
    with pytest.raises(WorkersFailed, match=r"no worker of the cluster can be used.*3\.13"):
        run(cluster, "s")


def test_a_cluster_without_workers_is_waited_for_and_then_named(run):
    with pytest.raises(WorkersFailed, match="has had no worker"):
        run(FakeCluster(lambda *_: "grades", {}), "s")


def test_a_result_of_somebody_else_is_not_taken(run, result):
    other = wire.graded_record(Graded(replace(result, exercise="01_double")))
    with pytest.raises(WorkersFailed, match="another submission"):
        run(FakeCluster(lambda *_: other, {"a": 1}), "s")
