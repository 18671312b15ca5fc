"""What is alike and what is not: disguises are seen through, independent work is not paired."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest

from autograder.course.load import load_course
from autograder.similarity.alike import alike
from autograder.similarity.base import explained
from autograder.similarity.pairs import COMMON_LEAST, common, pairs, same_bytes, same_code
from autograder.similarity.passages import passages
from autograder.similarity.tokens import MAX_LINES, MAX_TOKENS, code_of
from autograder.similarity.winnow import GRAM, WINDOW, Print, all_grams, fingerprints
from autograder.synthetic.notebooks import solution
from tests.learners import book_code, test_right_but_unusual, test_vectorised
from tests.learners.conftest import BOOK
from tests.paths import ROOT

FANCY = test_right_but_unusual.WINDOWS["fancy indexing with names of one's own"]
COURSE = load_course(ROOT)


@pytest.fixture(scope="module")
def known() -> frozenset[int]:
    return explained(COURSE)


def texts(*cells: str) -> list[str]:
    return [token.text for token in code_of(cells).tokens]


# --- tokens -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        "def g(y, n):\n    return y[n + 1]",
        "def f(x, k):  # the next one\n\n    '''Say so.'''\n\n    return x[\n        k+1\n    ]",
        "%matplotlib inline\n!pip install x\ndef f(x, k):\n\treturn x[k + 1]",
    ],
    ids=["other names", "comments and layout", "magics"],
)
def test_it_is_the_same_code_with(other: str) -> None:
    assert texts(other) == texts("def f(x, k):\n    return x[k + 1]")


def test_what_code_does_stays() -> None:
    loop = texts("for i in range(len(x)):\n    y = np.sum(x.T, axis=0)")
    assert " ".join(loop) == "for n in range ( len ( n ) ) : n = n . sum ( n . T , n = 0 )"


def test_what_does_not_tokenise_costs_only_the_rest_of_its_cell() -> None:
    found = texts("x = 1\ny = '''never closed", "z = 2")
    assert " ".join(found) == "n = 1 n = n = 2"


@pytest.mark.parametrize(
    "bomb",
    [
        ("(" * 900 + "\n") * MAX_LINES * 2,
        "x = '''\n" + "a\n" * 1_000_000,
        "x = " + "1+" * 1_000_000,
        "".join(" " * i + "if 1:\n" for i in range(900)),
        'x = "\ud800\0"\n' * 1000,
        "\\\n" * 100_000,
        ("f\"{f'{" * 80 + "\n") * 2000,
    ],
    ids=[
        "brackets",
        "open string",
        "long line",
        "indents",
        "surrogates",
        "backslashes",
        "f-strings",
    ],
)
def test_a_bomb_is_read_in_no_time(bomb: str) -> None:
    began = time.process_time()
    code = code_of([bomb])
    fingerprints(code)
    assert time.process_time() - began < 2
    assert len(code.tokens) <= MAX_TOKENS
    assert len(code.lines) <= MAX_LINES


# --- fingerprints -----------------------------------------------------------------------------


def test_a_passage_that_is_long_enough_shares_a_fingerprint_wherever_it_is() -> None:
    passage = " + ".join(f"x[{n}]" for n in range(GRAM + WINDOW))
    one = code_of([f"a = 1\nb = f({passage})"])
    other = code_of(["import os", f"def g(y):\n    return [{passage}]"])
    shared = {p.hash for p in fingerprints(one)} & {p.hash for p in fingerprints(other)}
    assert shared
    assert {p.first for p in fingerprints(other) if p.hash in shared} == {2}


def test_no_passage_reaches_over_two_cells() -> None:
    half = " + ".join("x" * (GRAM // 2))
    assert not fingerprints(code_of([half[: GRAM - 1], half[: GRAM - 1]]))


def test_what_is_known_is_no_fingerprint() -> None:
    code = code_of([FANCY])
    assert not fingerprints(code, all_grams([code]))


# --- pairs ------------------------------------------------------------------------------------


def renamed(source: str) -> str:
    kept = {"np", "def", "for", "in", "return", "if", "else", "raise", "range", "ValueError"}
    kept |= {"int", "slice", "None", *re.findall(r"\.(\w+)", source)}
    names = sorted({*re.findall(r"\b[a-zA-Z_]\w*\b", source)} - kept)
    numbered = {name: f"v{i}" for i, name in enumerate(names)}
    return re.sub(r"\b[a-zA-Z_]\w*\b", lambda m: numbered.get(m[0], m[0]), source)


def reordered(source: str) -> str:
    first, *functions = re.split(r"(?m)^(?=def )", source)
    return first + "\n".join(reversed(functions))


def with_noise(source: str) -> str:
    return re.sub(r"(?m)^( +)(return .*)$", r"\1print('here', 1)\n\1\2", source)


@pytest.mark.parametrize(
    "disguise",
    [
        renamed,
        reordered,
        with_noise,
        lambda source: with_noise(reordered(renamed(source))),
        lambda source: source + "\n\n" + BOOK["Pooling"],
    ],
    ids=["renamed", "reordered", "with prints", "all of it", "among more code"],
)
def test_a_copy_is_found_though_it_is(disguise, known: frozenset[int]) -> None:
    codes = {"a": [FANCY], "b": [disguise(FANCY)]}
    found = alike("02_im2col", codes, {"a": "1", "b": "2"}, known)
    assert found.same_code == [("a", "b")] or [p.share >= 0.6 for p in found.pairs] == [True]


def independent() -> dict[str, str]:
    """Right code for the same parts by authors who did not see each other's."""
    ways = test_right_but_unusual.WINDOWS
    with_class = ("DATACLASS", "FOURIER", "PUT_ON_LATER", "POOLING", "GAP")
    found = {f"way {name}": source for name, source in ways.items()}
    found |= {name: getattr(test_right_but_unusual, name) for name in with_class}
    found |= {"book": BOOK["im2col"] + BOOK["col2im"], "book pooling": BOOK["Pooling"]}
    found |= {name: getattr(test_vectorised, name) for name in ("EINSUM", "FOUR_LOOPS")}
    return found | {"network": book_code.NET, "adam": book_code.ADAM}


def test_independent_solutions_are_not_paired(known: frozenset[int]) -> None:
    codes = {name: [source] for name, source in independent().items()}
    assert len(codes) > 12
    found = alike("any", codes, {name: name for name in codes}, known)
    assert (found.same_code, found.pairs) == ([], [])
    closest = pairs(found.prints, share=0.0)
    assert all(pair.share < 0.4 for pair in closest), closest[0]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_course_explains_its_own_solutions(known: frozenset[int], lang: str) -> None:
    for exercise in COURSE.exercises[:4]:
        cells = [cell.source for cell in solution(COURSE, exercise, lang) if cell.kind == "code"]
        assert not fingerprints(code_of(cells), known), exercise.id


def prints(*hashes: int) -> tuple[Print, ...]:
    return tuple(Print(hash, hash, hash) for hash in hashes)


def test_what_many_have_pairs_nobody() -> None:
    usual = range(20)
    class_ = {f"s{n:02}": prints(*usual, *range(100 * n + 100, 100 * n + 110)) for n in range(12)}
    assert common(class_) == {*usual}
    assert pairs(class_) == []


def test_a_group_cannot_make_its_own_solution_usual() -> None:
    ring = {f"r{n}": prints(*range(50)) for n in range(8)}
    others = {f"s{n}": prints(*range(100 * n + 100, 100 * n + 150)) for n in range(8)}
    assert len(ring) > COMMON_LEAST
    assert same_code(ring | others) == [tuple(sorted(ring))]
    near = {"x": prints(*range(40), *range(900, 910))}
    assert [(p.one, p.other) for p in pairs(ring | others | near)] == [("r0", "x")]


def test_cells_of_an_earlier_handout_are_nobodys(known: frozenset[int]) -> None:
    old = BOOK["Pooling"]
    cells = {f"s{n}": [old, f"x = {n}"] for n in range(6)} | {"a": [FANCY], "b": [old, FANCY]}
    found = alike("any", cells, {student: student for student in cells}, known)
    assert found.same_code == [("a", "b")]
    assert found.pairs == []


def test_a_few_lines_in_common_are_no_pair() -> None:
    assert pairs({"a": prints(*range(9)), "b": prints(*range(9), *range(20, 60))}) == []


def test_the_same_files_are_a_group() -> None:
    assert same_bytes({"a": "1", "b": "2", "c": "1", "d": "3", "e": "2", "f": "2"}) == [
        ("b", "e", "f"),
        ("a", "c"),
    ]


def test_a_large_class_is_compared_quickly() -> None:
    """2,000 students, of whom many share some of what they wrote."""
    class_ = {
        f"s{n:04}": prints(*{(n * 37 + k * k) % 9000 for k in range(60)}) for n in range(2000)
    }
    began = time.process_time()
    pairs(class_)
    assert time.process_time() - began < 10


def test_passages_have_the_same_number_on_both_sides() -> None:
    one = (Print(1, 0, 2), Print(2, 2, 4), Print(3, 9, 10), Print(4, 20, 21))
    other = (Print(3, 0, 1), Print(1, 5, 6), Print(9, 7, 8))
    found = passages(one, other, {1, 2, 3})
    assert found.count == 2
    assert Counter(found.one.values()) == {1: 5, 2: 2}
    assert found.other == {0: 2, 1: 2, 5: 1, 6: 1}
