"""The worked examples in the docstrings that students read are what the teaching solutions give."""

from __future__ import annotations

import ast
import doctest
import re
from functools import cache

import numpy as np
import pytest

from autograder.course.author import earlier
from autograder.course.load import load_course
from autograder.course.notebook_cells import read_cells
from tests.paths import ROOT

COURSE = load_course(ROOT)
# The bug hunt's functions return an input; what they ask for is shown without a prompt.
TAUGHT = [exercise for exercise in COURSE.exercises if exercise.id != "09_bug_hunt"]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


class Checker(doctest.OutputChecker):
    """As doctest's; a number of NumPy's own kind may be written as a plain one."""

    def check_output(self, want, got, optionflags):
        plain = re.sub(r"np\.float\d+\(([^()]*)\)", r"\1", got)
        return super().check_output(want, plain, optionflags)


@cache
def functions_and_methods(exercise):
    """Every function and method that a student writes, with its docstring in both languages."""
    found = {}
    for cell in read_cells(exercise):
        if cell.role != "stub":
            continue
        for node in ast.parse(cell.source).body:
            assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
            inside = node.body if isinstance(node, ast.ClassDef) else [node]
            for function in inside:
                if isinstance(function, ast.FunctionDef):
                    name = node.name if function is node else f"{node.name}.{function.name}"
                    found[name] = ast.get_docstring(function) or ""
    return found


@cache
def teaching_solutions(exercise):
    return earlier(exercise.id, *{part.id.partition(".")[0] for part in exercise.parts})


@cache
def precision(exercise):
    """How many decimals the notebook lets NumPy print."""
    return int(re.search(r"precision=(\d)", exercise.notebook.read_text(encoding="utf-8")).group(1))


WRITTEN = [
    (exercise, name, lang)
    for exercise in TAUGHT
    for name in functions_and_methods(exercise)
    for lang in (0, 1)
    if (part := name.removesuffix(".__init__"))
    and any(p.id in (name, part) for p in exercise.parts)
]


@pytest.mark.parametrize(
    ("exercise", "name", "lang"),
    WRITTEN,
    ids=[f"{exercise.id}-{name}-{COURSE.languages[lang]}" for exercise, name, lang in WRITTEN],
)
def test_the_example_is_there_and_right(exercise, name, lang):
    text = functions_and_methods(exercise)[name].split("--- ja ---")[lang]
    space = {"np": np, **teaching_solutions(exercise)}
    test = doctest.DocTestParser().get_doctest(text, space, f"{exercise.id} {name}", None, None)
    assert test.examples, f"{name} has no worked example"
    with np.printoptions(linewidth=120, precision=precision(exercise), suppress=True):
        runner = doctest.DocTestRunner(checker=Checker(), optionflags=FLAGS, verbose=False)
        said = []
        runner.run(test, out=said.append)
    assert not said, "".join(said)
