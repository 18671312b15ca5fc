"""Criteria that a change cannot affect are not run again; all others are."""

from __future__ import annotations

from collections import Counter

import pytest

from autograder.course.models import Equivalent
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.suite.collected import CollectedTests
from autograder.suite.plugin import with_suites
from autograder.verify.claims import claims, mutant_claims
from autograder.verify.entered import entered
from autograder.verify.matrix import Task, decide

FRAMES, FLAT, THREE = "Box.volume.frames", "Box.volume.flat", "tower.three"

TOWER = """

mistake("TW1", part="tower", edits=[("sum(", "2 * sum(")], loses={"tower.three"},
    hint=Text(en="How many?", ja="いくつ？"))
"""


def _functions(mini, *names):
    """Which of these functions each criterion of the box enters."""
    course = mini.load()
    box = course.exercise("02_box")
    found = []
    with_suites(course, [box], lambda suites: found.append(entered(suites, box, names).functions))
    return {id: set(functions) for id, functions in found[0].items()}


def _unaffected(mini, part, source):
    """The criteria of the box that this function in place of the solution's cannot affect."""
    course = mini.load()
    box = course.exercise("02_box")
    variant = Equivalent("X", part, source, why="")
    notebook = OwnNotebook(course, OwnCode("02_box", (variant,)))
    found = []

    def run(suites):
        found.append(set(entered(suites, box, [part]).unaffected(variant, notebook)))

    with_suites(course, [box], run)
    return found[0]


@pytest.fixture
def runs(monkeypatch):
    """How often the test of each criterion has run."""
    counted: Counter[str] = Counter()
    run = CollectedTests.run

    def counting(self, case, conversation):
        counted[case.criterion.id] += 1
        return run(self, case, conversation)

    monkeypatch.setattr(CollectedTests, "run", counting)
    return counted


def test_a_criterion_enters_what_it_calls_and_what_that_calls(mini):
    asked = ("Box.__init__", "Box.volume", "Box.__repr__", "tower")
    box = {"Box.__init__", "Box.volume"}
    assert _functions(mini, *asked) == {FRAMES: box, FLAT: box, THREE: {*box, "tower"}}


WAYS = {
    "while its work is counted": "student.tower.counted([1.0], 4.0)",
    "as an argument": "student.call(student.tower)",
    "through another function": "student.call(student.late)",
    "in another process": "with apart() as other: other.tower([1.0], 4.0)",
    "as a property": "same(student.Box(1.0).tower, 12.0)",
    "before it raises": "raises(TypeError, student.tower, 5, 4.0)",
}

MORE = """# %% name="more" tags=["setup"]
def call(function):
    return function([1.0], 4.0)


def late(heights, side):
    return max([heights], key=lambda each: tower(each, side))


Box.tower = property(lambda self: tower([self.height], 4.0))
"""


@pytest.mark.parametrize("way", WAYS)
def test_it_is_noticed_in_whichever_way_a_function_is_entered(mini, way):
    mini.replace(
        mini.box.notebook,
        '# %% name="demo"',
        f'{MORE}\n\n# %% name="demo"',
    )
    suite = mini.box.suite.read_text(encoding="utf-8")
    suite = suite.replace("import criterion, same", "import criterion, raises, same")
    suite = suite.replace(
        "def test_flat(student, make):", f"def test_flat(student, make, apart):\n    {WAYS[way]}"
    )
    mini.write(mini.box.suite, suite)
    found = _functions(mini, "tower")
    assert found == {FRAMES: set(), FLAT: {"tower"}, THREE: {"tower"}}


def test_what_cells_enter_while_they_run_counts_for_every_criterion(mini):
    mini.write(
        mini.box.notebook,
        mini.box.notebook.read_text(encoding="utf-8")
        + '\n\n# %% name="high" tags=["setup"]\nHIGH = tower([1.0, 2.0], 4.0)\n',
    )
    assert _functions(mini, "tower") == {id: {"tower"} for id in (FRAMES, FLAT, THREE)}


def test_a_criterion_that_never_enters_the_changed_part_is_not_run_again(mini, runs):
    mini.write(mini.box.mistakes, mini.box.mistakes.read_text(encoding="utf-8") + TOWER)
    course = mini.load()
    box = course.exercise("02_box")
    made = tuple(c for c in claims(course, box) if c.kind in ("mistake", "equivalent"))
    decided = decide(Task(course.root, box.id, made, False))
    assert {c.label: one.lost for c, one in zip(decided.claims, decided.seen, strict=True)} == {
        "BV1": {FRAMES, FLAT, THREE},
        "BV-A": set(),
        "TW1": {THREE},
    }
    assert all(list(one.statuses) == [FRAMES, FLAT, THREE] for one in decided.seen)
    # The solution with notes and two variants of Box.volume; one of tower in addition.
    assert runs == {FRAMES: 3, FLAT: 3, THREE: 4}


def test_mutants_that_their_own_criteria_miss_are_given_only_to_those_that_enter_them(mini, runs):
    course = mini.load()
    box = course.exercise("02_box")
    made = tuple(mutant_claims(course, box))
    tower = tuple(claim for claim in made if claim.variant and claim.variant.part == "tower")
    decide(Task(course.root, box.id, tower, False))
    assert runs == {FRAMES: 1, FLAT: 1, THREE: 1 + len(tower)}


def test_a_mistake_is_noticed_by_another_parts_criterion_that_calls_it_indirectly(mini, problems):
    mini.replace(
        mini.box.mistakes, 'loses={"Box.volume.*", "tower.three"}', 'loses={"Box.volume.*"}'
    )
    (problem,) = problems(mini.load(), "mistake")
    assert "BV1 also loses tower.three" in problem.text


VOLUME = "def volume(self, depth, width):\n    return self.height * frame_area(depth, width)\n"
SUM = "return sum(Box(height).volume(side, side) for height in heights)"
DEFINITIONS = {
    "another body": (f"def tower(heights, side):\n    result = 0\n    {SUM}\n", {FRAMES, FLAT}),
    "a default value": (f"def tower(heights, side=Box.volume):\n    {SUM}\n", set()),
    "another parameter": (f"def tower(heights, side, depth=None):\n    {SUM}\n", set()),
    "a decorator": (f"@staticmethod\ndef tower(heights, side):\n    {SUM}\n", set()),
    "a generator": ("def tower(heights, side):\n    yield from heights\n", set()),
    "another statement": (f"Box.volume = None\ndef tower(heights, side):\n    {SUM}\n", set()),
}


@pytest.mark.parametrize("what", DEFINITIONS)
def test_a_change_of_more_than_the_body_may_affect_everything(mini, what):
    source, unaffected = DEFINITIONS[what]
    assert _unaffected(mini, "tower", source) == unaffected


DEFAULT = f"""

Box = type("Box", (), {{}})


@mistake("TW2", part="tower", loses={{"tower.three"}}, hint=Text(en="x", ja="x"))
def tower(heights, side=setattr(Box, "volume", lambda *_: 0.0)):
    {SUM}
"""


def test_a_default_value_that_breaks_another_part_is_noticed(mini, problems):
    mini.write(mini.box.mistakes, mini.box.mistakes.read_text(encoding="utf-8") + DEFAULT)
    (problem,) = problems(mini.load(), "mistake")
    assert f"TW2 also loses {FRAMES}, {FLAT}" in problem.text


def test_an_error_in_a_cell_of_the_solution_or_of_the_change_may_affect_everything(mini):
    after = '\n\n# %% name="high" tags=["setup"]\n'
    text = mini.box.notebook.read_text(encoding="utf-8")
    body = f"def tower(heights, side):\n    result = 0\n    {SUM}\n"
    mini.write(mini.box.notebook, f"{text}{after}undefined\n")
    assert _unaffected(mini, "tower", body) == set()
    mini.write(mini.box.notebook, f"{text}{after}assert tower([1.0], 4.0) > 0\n")
    assert _unaffected(mini, "tower", "def tower(heights, side):\n    return 0\n") == set()


def test_only_what_the_solution_passes_is_taken_from_it(mini):
    mini.replace(mini.box.suite, "Box(0.0).volume(5.0, 3.0), 0.0", "Box(0.0).volume(5.0, 3.0), 1.0")
    source = f"def tower(heights, side):\n    result = 0\n    {SUM}\n"
    assert _unaffected(mini, "tower", source) == {FRAMES}
