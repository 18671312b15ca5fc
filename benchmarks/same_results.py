"""Does another version of the grader give the same results? For changes that must not be noticed.

    python benchmarks/same_results.py OTHER [--every N] [--attacks N] [--jobs N]

OTHER is a checkout of the other version. Each grades the same notebooks with its own course: those
of `tests/learners/corpus.py`, every Nth known mistake and equivalent of each exercise, a made-up
class, and every Nth attack of the red team. Results are compared whole, apart from times and the
fingerprint of the course. Exit status 1 if any differs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
VOLATILE = ("timing", "course_sha256")

Notebooks = dict[str, tuple[str, bytes]]
"""Exercise and content by a name that says what it is."""


def collection(every: int, attacks: int) -> Notebooks:
    """The notebooks that both versions grade."""
    sys.path.insert(0, str(ROOT))
    from autograder.course.load import load_course, load_mistakes
    from autograder.synthetic import notebooks
    from autograder.synthetic.personas import synthetic_class
    from tests.learners.corpus import CORPUS
    from tests.red_team.attacks import TABLE

    course = load_course(ROOT)

    def cells(sources: Any) -> bytes:
        return notebooks.from_sources([("code", source) for source in sources])

    def all_of_them() -> Iterator[tuple[str, str, bytes]]:
        for name, entry in CORPUS.items():
            yield f"corpus: {name}", entry.exercise, cells(entry.cells)
        for exercise in course.exercises:
            for variant in [v for kind in load_mistakes(exercise) for v in kind][::every]:
                book = notebooks.with_variant(course, exercise, variant)
                yield f"variant: {variant.id}", exercise.id, notebooks.notebook(book)
        for student in synthetic_class(course, 24):
            for id, content in list(student.files.items())[: 2 if every > 1 else None]:
                yield f"class: {student.student}", id, content
        for attack in list(TABLE.values())[::attacks]:
            yield f"attack: {attack.id}", attack.exercise, cells(attack.cells)

    return {f"{exercise} {name}": (exercise, content) for name, exercise, content in all_of_them()}


GRADE = """
import json, os, sys
from pathlib import Path
from autograder.course.load import load_course
from autograder.ingest import Submission
from autograder.run.service import grade_submissions, setup_for
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget
from autograder.verdict.codec import encode

def main():
    root, folder, jobs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    course = load_course(root)
    index = json.loads((folder / "index.json").read_text())
    short = Budget(cell_s=2, cells_s=4, call_cpu_s=1)
    submissions = [Submission(str(number), exercise, folder / f"{number}.ipynb", folder)
                   for number, (_, exercise) in enumerate(index)]
    setup = setup_for(course, Level.FULL, {exercise for _, exercise in index}, budget=short)
    for step in grade_submissions(course, setup, submissions, jobs=jobs):
        text = encode(step.graded.result)
        print(json.dumps([step.graded.result.student, json.loads(text)]), flush=True)

if __name__ == "__main__":
    main()
"""


def graded(checkout: Path, folder: Path, jobs: int) -> dict[str, dict[str, Any]]:
    """Results as that version gives them, by the notebook's number."""
    script = folder / "grade_all.py"
    script.write_text(GRADE)
    done = subprocess.run(
        [sys.executable, str(script), str(checkout), str(folder), str(jobs)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    found = dict(json.loads(line) for line in done.stdout.splitlines())
    return {
        number: {key: value for key, value in result.items() if key not in VOLATILE}
        for number, result in found.items()
    }


def main() -> int:
    """Print what differs, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("other", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--attacks", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    books = collection(options.every, options.attacks)
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        folder = Path(name)
        for number, (_, content) in enumerate(books.values()):
            (folder / f"{number}.ipynb").write_bytes(content)
        index = [(name, exercise) for name, (exercise, _) in books.items()]
        (folder / "index.json").write_text(json.dumps(index))
        ours, theirs = (graded(each, folder, options.jobs) for each in (ROOT, options.other))
    differing = 0
    for number, (name, _) in enumerate(index):
        one, other = ours.get(str(number)), theirs.get(str(number))
        if one == other:
            continue
        differing += 1
        print(f"differs: {name}")
        for mine, old in zip((one or {})["criteria"], (other or {})["criteria"], strict=True):
            if mine != old:
                changed = {key: (old[key], mine[key]) for key in mine if mine[key] != old[key]}
                print(f"  {mine['id']}: {json.dumps(changed, ensure_ascii=False)[:1000]}")
    statuses = sum(len(result["criteria"]) for result in ours.values())
    print(f"{len(index)} notebooks, {statuses} criteria: {differing} results differ")
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main())
