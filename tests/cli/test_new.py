"""`autograder new`: a course and exercises that are right from the first minute."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course.load import load_course
from autograder.verify.claims import claims
from autograder.verify.judge import judge
from autograder.verify.matrix import Task, decide

JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def new(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = map(str, [sys.executable, "-m", "autograder", "new", *arguments])
    return subprocess.run([*words], capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module", params=["en ja", "en", "ja"])
def root(request, tmp_path_factory) -> Path:
    """A new course with a second exercise, in these languages."""
    root = tmp_path_factory.mktemp("new") / "course"
    languages = request.param.split()
    done = new("course", root, *(word for lang in languages for word in ("--lang", lang)))
    assert done.returncode == 0, done.stderr
    assert "autograder verify 01_mean" in done.stdout
    done = new("exercise", "02_running_total", "--course", root)
    assert done.returncode == 0, done.stderr
    assert load_course(root).languages == tuple(languages)
    return root


@pytest.mark.slow
def test_every_claim_about_it_holds(root):
    course = load_course(root)
    for exercise in course.exercises:
        made = tuple(claims(course, exercise))
        decided = decide(Task(root, exercise.id, made, True))
        assert decided.problems == ()
        for claim, seen in zip(made, decided.seen, strict=True):
            assert judge(claim, exercise, seen) == [], claim


@pytest.mark.slow
def test_verify_says_so(root):
    words = [sys.executable, "-m", "autograder", "verify", "02_running_total", "--course", root]
    words += ["--trust-students", "--isolation", "limits", "--jobs", "1"]
    done = subprocess.run(
        [*map(str, words)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "The course is correct" in done.stdout


def test_it_has_no_word_of_another_language(root):
    course = load_course(root)
    texts = {
        path: path.read_text("utf-8")
        for folder in ("solutions", "tests", "source_lib", "assignments")
        for path in (root / folder).rglob("*")
        if path.suffix in {".py", ".toml", ".ipynb"}
    }
    if "ja" not in course.languages:
        assert not [path for path, text in texts.items() if JAPANESE.search(text)]
    if "en" not in course.languages:
        prose = "".join(
            texts[path] for path in texts if path.name in {"notebook.py", "mistakes.py"}
        )
        assert "Mean of" not in prose
        assert "en=" not in prose
    assert "tr(" not in "".join(texts.values()) or len(course.languages) == 2
    notebooks = {path.parent.name for path in (root / "assignments").rglob("*.ipynb")}
    assert notebooks == set(course.languages)


@pytest.fixture(scope="module")
def other(tmp_path_factory) -> Path:
    """Another new course."""
    folder = tmp_path_factory.mktemp("other") / "course"
    assert new("course", folder).returncode == 0
    return folder


def test_each_course_has_a_salt_of_its_own(root, other):
    salts = {load_course(folder).salt for folder in (root, other)}
    assert len(salts) == 2
    assert min(map(len, salts)) >= 16


def test_the_student_gets_a_notebook_without_the_solution(root):
    (path, *_) = sorted((root / "assignments").rglob("01_mean.ipynb"))
    code = "".join("".join(cell["source"]) for cell in json.loads(path.read_text())["cells"])
    assert "NotImplementedError" in code
    assert "chosen" not in code


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("course", "."), "is not empty"),
        (("exercise", "mean"), "two digits"),
        (("exercise", "01_mean"), "exists"),
        (("exercise", "03_mean"), "is called mean"),
        (("exercise", "03_lambda"), "is called lambda"),
        (("exercise", "03_x", "--lang", "en"), "--lang is for a new course"),
    ],
)
def test_what_would_overwrite_or_clash_is_refused(root, arguments, problem):
    what, name, *rest = arguments
    before = sorted(root.rglob("*"))
    done = new(what, root if name == "." else name, *rest, "--course", root)
    assert done.returncode == 2
    assert problem in done.stderr
    assert sorted(root.rglob("*")) == before
