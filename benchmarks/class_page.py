"""How long does the class page take for a large class, and how large is it?

    python benchmarks/class_page.py [--students N] [--out DIR] [--lang en|ja]

Makes up results of every exercise of the course (right, wrong with known mistakes, carried, out of
time, unreadable, not handed in, hit by a grader error), and prints the CPU seconds of making the
page and its size. With --out, the page is written there, and the results too with --results, to
look at it or to try commands on it.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from autograder.course.load import load_course, load_mistakes
from autograder.course.models import Course, Exercise
from autograder.report.class_page import class_page
from autograder.sandbox.host.isolation import Level
from autograder.status import CellStatus, Status
from autograder.text import NOTHING, Text
from autograder.verdict.codec import encode
from autograder.verdict.result import CellResult, Decision, File, Result, result

ROOT = Path(__file__).resolve().parent.parent
FAMILY = ("Tanaka", "Okafor", "Martin", "Volkov", "Yılmaz", "Zahra", "Silva", "Novak", "García")
FAMILY_JA = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林")
GIVEN = ("Aiko", "Ben", "Chloé", "Dmitri", "Elif", "Fatima", "Hugo", "Lena", "Mateo", "Nadia")


def made_up(course: Course, students: int, seed: int = 1) -> Iterator[Result]:
    """Results of a class, the same for the same seed."""
    random_ = random.Random(seed)
    for n in range(students):
        family = FAMILY_JA[n % 9] if n % 4 == 0 else FAMILY[n % 9]
        student = f"{family} {GIVEN[n // 9 % 10]} {n:04}"
        ability = random_.betavariate(4, 2)
        for exercise in course.exercises:
            if random_.random() > 0.04:
                yield one_result(exercise, student, ability, random_)


def one_result(exercise: Exercise, student: str, ability: float, random_: random.Random) -> Result:
    """One result of a student who gets things right with a probability of about ``ability``."""
    made: dict[str, tuple[str, frozenset[str]]] = {}
    mistakes, _ = _mistakes(exercise)
    for part in exercise.parts:
        known = [one for one in mistakes if one.part == part.id]
        if known and random_.random() > ability:
            index = min(int(random_.expovariate(0.5)), len(known) - 1)
            made[part.id] = known[index].id, known[index].loses
    unreadable = random_.random() < 0.004
    decisions = {c.id: _decision(c.id, c.part, made, random_) for c in exercise.criteria}
    if unreadable:
        message = Text(en="The file is cut off.", ja="ファイルが途中で終わっています。")
        decisions = {id: Decision(Status.MISSING, message) for id in decisions}
    late = any(one.status is Status.TIMEOUT for one in decisions.values())
    return result(
        exercise,
        student=student,
        file=File(f"submitted/{student}/{exercise.id}.ipynb", "a1" * 32),
        course_sha256="c0" * 32,
        isolation=Level.FULL,
        decisions=decisions,
        cells=[CellResult(1, CellStatus.TIMEOUT if late else CellStatus.OK, None)],
        unreadable=unreadable,
    )


_mistakes = cache(load_mistakes)


def _decision(
    id: str, part: str, made: dict[str, tuple[str, frozenset[str]]], random_: random.Random
) -> Decision:
    if random_.random() < 0.0002:
        return Decision(Status.GRADER_ERROR, Text(en="The grader stopped.", ja="停止しました。"))
    name, loses = made.get(part, ("", frozenset()))
    if id in loses:
        return Decision(Status.FAILED, diagnosis=(name,))
    chance = random_.random()
    for share, status in ((0.002, Status.TIMEOUT), (0.01, Status.ERROR), (0.03, Status.CARRIED)):
        if chance < share:
            own = Status.FAILED if status is Status.CARRIED else None
            return Decision(status, NOTHING, own_status=own)
    return Decision(Status.PASSED)


def main() -> None:
    """Measure, and write what is wanted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--students", type=int, default=2000)
    parser.add_argument("--lang", default="en")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--results", action="store_true", help="write results/ as well")
    options = parser.parse_args()
    course = load_course(ROOT)
    results = [*made_up(course, options.students)]
    began = time.process_time()
    page = class_page(results, course, options.lang, newest=datetime(2026, 1, 31, 18, 0))
    seconds = time.process_time() - began
    print(f"{len(results)} results: {seconds:.2f} s of CPU time, {len(page.encode()) / 1e6:.2f} MB")
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "index.html").write_text(page, encoding="utf-8")
    if options.out and options.results:
        for one in results:
            path = options.out / "results" / one.student / f"{one.exercise}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(encode(one), encoding="utf-8")


if __name__ == "__main__":
    main()
