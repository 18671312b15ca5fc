"""The exercise that docs/adding-an-exercise.md shows is one that works."""

import re

from autograder.course.load import load_course, load_mistakes
from autograder.course.mistake_loader import teaching_source
from autograder.generate import solution_cells, stale, write_assignments
from autograder.suite.plugin import with_suites
from autograder.verify.claims import claims
from autograder.verify.judge import judge
from autograder.verify.matrix import Task, decide
from tests.paths import ROOT

PAGE = ROOT / "docs" / "adding-an-exercise.md"


def shown(language, beginning):
    """The one fenced block of a language that begins so."""
    blocks = re.findall(
        rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S
    )
    (found,) = [block for block in blocks if block.startswith(beginning)]
    return found


def written(tmp_path):
    """The course that the page shows."""
    files = {
        "solutions/course.toml": shown("toml", "salt"),
        "solutions/01_area/exercise.toml": shown("toml", "id"),
        "solutions/01_area/notebook.py": shown(
            "python",
            '# %% name="author" tags=["author"]\nfrom autograder.course.author import tr\n\n',
        ),
        "solutions/01_area/mistakes.py": shown("python", "from autograder.course.mistakes"),
        "tests/hidden/test_01_area.py": shown("python", "import source_lib"),
        "tests/hidden/ladder_01_area.py": shown("python", '"""Small frames'),
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return load_course(tmp_path)


def test_the_page_shows_a_whole_course(tmp_path, capsys):
    course = written(tmp_path)
    (exercise,) = course.exercises
    write_assignments(course, [], [], tmp_path / "assignments")
    assert stale(course, [], [], tmp_path / "assignments") == []

    space = {}
    for cell in solution_cells(course, exercise, "en"):
        if cell.kind == "code":
            exec(cell.source, space)
    assert capsys.readouterr().out == "Passed. Grading tries more than this.\n"

    (wrong, negative), (unusual,) = load_mistakes(exercise)
    assert wrong.loses == {"frame_area.thin"}
    for variant, areas in ((wrong, (5, 8)), (negative, (8, 8)), (unusual, (8, 9))):
        exec(variant.source, space)
        assert (space["frame_area"](3, 3), space["frame_area"](3, 3, 2)) == areas, variant.id


def test_its_mistakes_lose_what_the_page_says(tmp_path):
    course = written(tmp_path)
    (exercise,) = course.exercises
    (tmp_path / "source_lib").mkdir()
    right = teaching_source(exercise, "frame_area")
    (tmp_path / "source_lib" / "__init__.py").write_text(right, encoding="utf-8")
    made = tuple(claims(course, exercise))
    decided = decide(Task(tmp_path, exercise.id, made, True))
    assert decided.problems == ()
    for claim, seen in zip(made, decided.seen, strict=True):
        assert judge(claim, exercise, seen) == []


def test_its_ladders_are_of_its_criteria(tmp_path):
    course = written(tmp_path)
    (exercise,) = course.exercises
    (tmp_path / "source_lib").mkdir()
    right = teaching_source(exercise, "frame_area")
    (tmp_path / "source_lib" / "__init__.py").write_text(right, encoding="utf-8")
    found = {}
    with_suites(course, [exercise], lambda suites: found.update(suites.ladders(exercise)))
    assert set(found) == {criterion.id for criterion in exercise.criteria}


def test_the_page_shows_how_parts_are_carried():
    block = shown(
        "python", '# %% name="author" tags=["author"]\nfrom autograder.course.author import tr\nf'
    )
    assert 'source="01_area"' in block
    compile(block, str(PAGE), "exec")
