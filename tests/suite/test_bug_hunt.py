"""The suspects of 09: what a student may give the grader to compute, and who is right.

Whatever passes the rules is computed in the trusted process, so nothing that passes may make the
reference fail, give NaN, or take long.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import time
from types import ModuleType

import numpy as np
import pytest

from autograder.course.load import load_course, load_mistakes
from autograder.generate import student_cells
from autograder.sandbox.protocol.wire import Opaque, Reference
from autograder.suite import Suspect
from tests.paths import ROOT

LETTERS = "abcdefghi"


def hidden_suite() -> ModuleType:
    path = ROOT / "tests" / "hidden" / "test_09_bug_hunt.py"
    spec = importlib.util.spec_from_file_location("bug_hunt_suite", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SUITE = hidden_suite()
EXERCISE = load_course(ROOT).exercise("09_bug_hunt")
SUSPECTS: dict[str, Suspect] = {letter: SUITE.suspect(letter) for letter in LETTERS}


def size(rng, low, high):
    return int(rng.integers(low, high + 1))


def windows(rng):
    """Images and windows that fit, now and then as large as they may be."""
    N, C, H, W = (size(rng, 1, high) for high in (3, 3, 9, 9))
    pad = size(rng, 0, 4)
    high, wide = size(rng, 1, min(8, H + 2 * pad)), size(rng, 1, min(8, W + 2 * pad))
    return (N, C, H, W), high, wide, size(rng, 1, 4), pad


def out_size(shape, high, wide, stride, pad):
    return tuple(
        1 + (shape[axis] + 2 * pad - window) // stride for axis, window in ((2, high), (3, wide))
    )


def values(rng, *shape):
    """Few different numbers, so that there are ties; sometimes all of them negative."""
    return rng.integers(-3, 3, shape) * rng.choice([0.5, 30.0]) - rng.choice([0, 3])


def random_a(rng):
    return size(rng, 1, 40), size(rng, 1, 40), size(rng, 1, 9), size(rng, 1, 8), size(rng, 0, 8)


def random_b(rng):
    n, classes = size(rng, 1, 30), size(rng, 1, 5)
    return values(rng, n, classes), rng.integers(0, classes, n), size(rng, 1, 40)


def random_c(rng):
    shape, *rest = windows(rng)
    out_h, out_w = out_size(shape, *rest)
    return values(rng, shape[0] * out_h * out_w, shape[1] * rest[0] * rest[1]), shape, *rest


def random_e(rng):
    shape, high, wide, stride, pad = windows(rng)
    return values(rng, *shape), high, wide, stride, pad


def random_g(rng):
    shape, high, wide, stride, _ = windows(rng)
    high, wide = min(high, shape[2]), min(wide, shape[3])
    dout = values(rng, *shape[:2], *out_size(shape, high, wide, stride, 0))
    return values(rng, *shape), dout, high, wide, stride


def random_h(rng):
    N, C, pool, rows, columns = (size(rng, 1, 3) for _ in range(5))
    return values(rng, N, C, rows * pool, columns * pool), values(rng, N, C, rows, columns), pool


def random_i(rng):
    shape, high, wide, stride, pad = windows(rng)
    F = size(rng, 1, 4)
    dout = values(rng, shape[0], F, *out_size(shape, high, wide, stride, pad))
    return values(rng, *shape), values(rng, F, shape[1], high, wide), dout, stride, pad


RANDOM = {
    "a": random_a, "b": random_b, "c": random_c, "d": random_c, "e": random_e, "f": random_e,
    "g": random_g, "h": random_h, "i": random_i,
}  # fmt: skip


def tried(letter, times=300):
    """Random inputs that pass the rules, with the verdict on each."""
    rng = np.random.default_rng(LETTERS.index(letter))
    for _ in range(times):
        answer = RANDOM[letter](rng)
        if SUSPECTS[letter].misfit(answer) is None:
            yield answer, SUSPECTS[letter].goes_wrong(list(answer))


@pytest.mark.parametrize("letter", LETTERS)
def test_eight_go_wrong_on_some_inputs_and_not_on_all_and_one_on_none(letter):
    verdicts = [wrong for _, wrong in tried(letter)]
    assert len(verdicts) >= 60
    assert any(verdicts) == (letter != "d")
    assert not all(verdicts)


LARGE = {
    "a": [(200, 100, 1, 1, 8)],
    "b": [(np.ones((1500, 2)), np.zeros(1500, int), 1), (np.ones((1, 3000)), np.zeros(1, int), 1)],
    "c": [
        (np.ones((3000, 1)), (1, 1, 30, 100), 1, 1, 1, 0),
        (np.ones((1, 3000)), (1, 100, 5, 6), 5, 6, 8, 0),
        (np.ones((1, 46 * 64)), (1, 46, 8, 8), 8, 8, 8, 0),
        (np.ones((30, 100)), (30, 100, 1, 1), 1, 1, 8, 0),
    ],
    "e": [
        (np.ones((3000, 1, 1, 1)), 8, 8, 1, 4),
        (np.ones((1, 1, 1, 3000)), 8, 8, 1, 4),
        (np.ones((1, 1, 3000, 1)), 5, 8, 1, 2),
        (np.ones((1, 1, 50, 60)), 8, 8, 1, 4),
        (np.ones((1, 1, 50, 60)), 1, 1, 1, 0),
    ],
    "g": [
        (np.ones((1, 1, 50, 60)), np.ones((1, 1, 50, 60)), 1, 1, 1),
        (np.ones((1, 1, 50, 60)), np.ones((1, 1, 43, 53)), 8, 8, 1),
    ],
    "h": [(np.ones((2, 5, 10, 30)), np.ones((2, 5, 10, 30)), 1)],
    "i": [
        (np.ones((2, 1500, 1, 1)), np.ones((2, 1500, 1, 1)), np.ones((2, 2, 9, 9)), 1, 4),
        (np.ones((1, 46, 8, 8)), np.ones((1, 46, 8, 8)), np.ones((1, 1, 9, 9)), 1, 4),
        (np.ones((1, 1, 50, 60)), np.ones((1, 1, 8, 8)), np.ones((1, 1, 43, 53)), 1, 0),
        (np.ones((65, 1, 6, 6)), np.ones((46, 1, 8, 8)), np.ones((65, 46, 1, 1)), 8, 1),
    ],
}
LARGE |= {"d": LARGE["c"], "f": LARGE["e"]}


@pytest.mark.parametrize("letter", LETTERS)
def test_the_largest_inputs_that_are_allowed_take_no_time(letter):
    began = time.process_time()
    passed = 0
    for answer in LARGE[letter]:
        if SUSPECTS[letter].misfit(answer) is None:
            SUSPECTS[letter].goes_wrong(list(answer))
            passed += 1
    assert passed
    assert time.process_time() - began < 2


JUNK = [
    None, True, np.True_, -1, 0, 9, 10**4000, -(10**400), 2.0, float("nan"), 1j, "x", "\ud800",
    b"x", [], (), [1, 2], (1, 1, 4), (1, 1, 4, 4.0), (1, 1, 4, 10**40), (100, 100, 100, 100), {},
    {"x": 1}, np.array(3), np.float64(2), np.int8(2), np.zeros(0), np.zeros((0, 1)),
    np.zeros((1, 0, 3, 3)), np.ones(3), np.ones((3, 3)), np.ones((1, 1, 3, 3)),
    np.ones((1,) * 20), np.ones((1, 1, 60, 60)), np.full((1, 1, 3, 3), np.nan),
    np.full((1, 1, 3, 3), np.inf), np.full((1, 1, 3, 3), 1e300), np.full((3, 3), -(2**63)),
    np.full((3, 3), 2**64 - 1, np.uint64), np.ones((3, 3), bool), np.ones((3, 3), complex),
    np.array([["a", "b"]]), np.array([[b"a"]]), np.full(3, -1), np.full(3, 2**62),
    np.ones((1, 1, 3, 3), np.longdouble), np.ones((1, 1, 3, 3), np.float16),
    np.ones((1, 1, 3, 3), np.uint8), Reference(1, "array"), Opaque("int"),
]  # fmt: skip


@pytest.mark.parametrize("letter", LETTERS)
def test_whatever_is_no_input_is_refused_in_words(letter):
    """Each argument in turn replaced by junk, and junk as the whole answer."""
    suspect = SUSPECTS[letter]
    good = next(answer for answer, _ in tried(letter))
    answers = [*JUNK[1:], good[:-1], (*good, 1), good + good]
    answers += [
        (*good[:place], junk, *good[place + 1 :]) for place in range(len(good)) for junk in JUNK
    ]
    refused = 0
    for answer in answers:
        problem = suspect.misfit(answer)
        if problem is None:
            suspect.goes_wrong([np.asarray(x) if isinstance(x, list) else x for x in answer])
        else:
            refused += 1
            assert 5 < len(problem["en"]) < 200
            assert 5 < len(problem["ja"]) < 200
            assert problem["en"].isascii() != problem["ja"].isascii()
    assert refused > len(answers) / 2


def test_the_example_in_each_docstring_has_the_right_form_and_gives_nothing_away():
    cells = [cell for cell in student_cells(EXERCISE, "en") if cell.role == "stub"]
    found = "".join(
        letter
        for cell in cells
        for letter in LETTERS
        if cell.name == f"evidence_{letter}"
        for example in re.findall(r"^ +return (.+)$", cell.source, re.M)
        if not SUSPECTS[letter].goes_wrong(fit(letter, example))
    )
    assert found == LETTERS


def fit(letter: str, example: str) -> list[object]:
    answer = eval(example, {"np": np})
    assert SUSPECTS[letter].misfit(answer) is None
    return list(answer)


def test_every_known_answer_is_about_its_own_suspect_and_none_is_refused_by_accident():
    """Friendly inputs are friendly, telling ones tell; only three are no inputs, on purpose."""
    mistakes, equivalents = load_mistakes(EXERCISE)
    refused = []
    for known in (*mistakes, *equivalents):
        space: dict[str, object] = {"np": np}
        exec(known.source, space)
        answer = space[known.part]()
        letter = known.part[-1]
        if answer is None:
            continue
        if SUSPECTS[letter].misfit(answer) is not None:
            refused.append(known.id)
            continue
        arguments = [np.asarray(x) if isinstance(x, np.ndarray) else x for x in answer]
        assert SUSPECTS[letter].goes_wrong(arguments) == (known in equivalents), known.id
    assert refused == ["BH3", "BH10", "BH14"]


def test_the_suspects_are_those_that_students_see():
    for letter in LETTERS:
        source = inspect.getsource(SUSPECTS[letter].code).strip()
        shown = [cell.source for cell in student_cells(EXERCISE, "ja") if cell.role == "setup"]
        assert sum(source in text for text in shown) == 1


def test_the_accuracy_of_250_digits_in_batches_of_100_is_small_enough():
    scores = np.random.default_rng(0).normal(size=(250, 10))
    answer = scores, scores.argmax(axis=1), 100
    assert SUSPECTS["b"].misfit(answer) is None
    assert SUSPECTS["b"].goes_wrong(list(answer))
