"""Mutants: what is changed, what is left alone, and what is said of those that survive."""

from __future__ import annotations

import ast

import pytest

from autograder.course.load import load_course
from autograder.errors import CourseError
from autograder.verify.claims import mutant_claims
from autograder.verify.matrix import Task, decide
from autograder.verify.mutants import mutants
from autograder.verify.mutations import mutations
from autograder.verify.survivors import judge_mutants, load_survivors, tally
from tests.paths import ROOT


def _mutated(body: str) -> set[str]:
    """The mutants of one line, in a function that also uses ``out_w``."""
    (function,) = ast.parse(f"def f(x, out_h, n):\n    use(out_w)\n    {body}").body
    assert isinstance(function, ast.FunctionDef)
    made = [ast.unparse(each).split("\n", 2) for each in mutations(function)]
    return {rest.strip() for _, first, rest in made if first.strip() == "use(out_w)"}


CHANGES = {
    "return x + 1": {"return x - 1", "return x", "return 1", "return x + 2", "return x + 0",
                     "return None"},
    "return x < n": {"return x <= n", "return x > n"},
    "return x and n": {"return x or n", "return x", "return n"},
    "return -x": {"return x"},
    "return x[1:n]": {"return x[:n]", "return x[1:]", "return x[2:n]", "return x[0:n]"},
    "return x.transpose(0, 2)": {"return x.transpose(2, 0)", "return x.transpose(0)",
                                 "return x.transpose(0, 3)", "return x"},
    "return x.sum(axis=1)": {"return x.mean(axis=1)", "return x.sum()", "return x.sum(axis=2)"},
    "return out_h * n": {"return out_w * n", "return out_h / n"},
    "x += n": {"pass", "x -= n", "x = n"},
    "x = n": {"pass"},
    "for i in x: n += i": {"pass", "for i in [*x][:1]:\n        n += i"},
    "return 1 if x else n": {"return 1", "return n"},
}  # fmt: skip


@pytest.mark.parametrize("body", CHANGES)
def test_a_slip_of_every_kind_is_imitated(body):
    assert CHANGES[body] <= _mutated(body)


def test_what_no_test_should_tell_apart_is_left_alone():
    assert _mutated("raise ValueError('no' + 'thing')") == {"pass"}
    assert _mutated("self.x = None") == set()
    assert "return x.sum(axis=(3, 2))" not in _mutated("return x.sum(axis=(2, 3))")
    assert not any("-2" in text for text in _mutated("return x.reshape(-1, n)"))


def test_every_mutant_is_another_function_that_compiles(mini):
    course = mini.load()
    for exercise in course.exercises:
        made = list(mutants(course, exercise))
        assert len({each.id for each in made}) == len(made) == len({m.source for m in made}) > 5
        for each in made:
            compile(each.source, "<mutant>", "exec")


def _seen(course, exercise):
    made = tuple(mutant_claims(course, exercise))
    return dict(zip(made, decide(Task(course.root, exercise.id, made, True)).seen, strict=True))


def test_a_mutant_that_nothing_notices_must_be_listed_and_a_listed_one_must_survive(mini):
    course = mini.load()
    exercise = course.exercise("01_area")
    seen = _seen(course, exercise)
    survivors = [claim.variant for claim, one in seen.items() if not one.lost]
    noticed = next(claim.variant for claim, one in seen.items() if one.lost)
    problems = judge_mutants(exercise, seen)
    assert len(problems) == len({each.key for each in survivors})
    for problem in problems:
        assert "notices nothing when `frame_area: " in problem.text
        assert "solutions/01_area/mutants.toml" in problem.text

    def write(*changes: str, kind: str = "equivalent", why: str = "nobody can tell") -> None:
        entry = f'[[{kind}]]\nfunction = "frame_area"\nwhy = "{why}"\nchanges = ['
        entry += ", ".join(f"'{change}'" for change in changes) + "]\n"
        (exercise.folder / "mutants.toml").write_text(entry, encoding="utf-8")

    write(*(each.change for each in survivors))
    assert judge_mutants(exercise, seen) == []
    counted = tally(exercise, seen)
    assert counted.equivalent == len(survivors)
    assert counted.share == 1
    written = [each for each in survivors if not each.provided]
    write(*(each.change for each in survivors), kind="provided")
    problems = judge_mutants(exercise, seen)
    assert len(problems) == len({each.key for each in written}) > 0
    assert all("not in a line that is handed out" in problem.text for problem in problems)
    write(*(each.change for each in survivors), noticed.change)
    (problem,) = judge_mutants(exercise, seen)
    assert "does not survive" in problem.text
    assert "frame_area." in problem.text
    write(*(each.change for each in survivors), "a → b")
    (problem,) = judge_mutants(exercise, seen)
    assert "there is no mutant `frame_area: a → b`" in problem.text


def test_a_test_that_asks_too_little_lets_mutants_survive(mini):
    course = mini.load()
    before = sum(not one.lost for one in _seen(course, course.exercise("01_area")).values())
    wide = "same(student.frame_area(*size), source_lib.frame_area(*size))"
    mini.replace(mini.area.suite, wide, "student.frame_area(*size)")
    course = mini.load()
    after = sum(not one.lost for one in _seen(course, course.exercise("01_area")).values())
    assert after > before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[criteria]]\nid = "frame_area.no"\nwhy = "x"', "no criterion 'frame_area.no'"),
        ('[[criteria]]\nid = "frame_area.wide"', "needs a mutant or a why"),
        ('[[equivalent]]\nfunction = "f"\nchanges = ["a"]', "'why' is missing"),
        ('[[survivors]]\nfunction = "f"', "unknown key 'survivors'"),
    ],
)
def test_a_file_that_is_wrong_says_where(mini, text, says):
    exercise = mini.load().exercise("01_area")
    (exercise.folder / "mutants.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=says) as error:
        load_survivors(exercise)
    assert "mutants.toml" in str(error.value)


def test_what_the_notebook_provides_is_distinguished_from_what_a_student_writes():
    course = load_course(ROOT)
    about = course.exercise("06_simple_convnet")
    constructor = [m for m in mutants(course, about) if m.part == "SimpleConvNet.__init__"]
    handed_out = {m.change.partition(" → ")[0] for m in constructor if m.provided}
    assert any(was.startswith("conv_param = {") for was in handed_out)
    assert not any(was.startswith("self.params") for was in handed_out)
