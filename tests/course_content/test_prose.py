"""What the notebooks tell students agrees with the course, and gives no graded answer away."""

from __future__ import annotations

import re

import pytest

from autograder.course.load import load_course
from autograder.course.notebook_cells import read_cells
from tests.paths import ROOT

COURSE = load_course(ROOT)
EACH = [(exercise, lang) for exercise in COURSE.exercises for lang in COURSE.languages]
IN_BOTH = pytest.mark.parametrize(
    ("exercise", "lang"), EACH, ids=[f"{exercise.id}-{lang}" for exercise, lang in EACH]
)


def prose(exercise, lang):
    cells = read_cells(exercise)
    return [cell.source for cell in cells if cell.kind == "markdown" and cell.lang == lang]


def rows_of_first_table(text):
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[field.strip() for field in line.strip("|").split("|")] for line in lines]


@IN_BOTH
def test_the_points_in_the_table_at_the_top_add_up_to_those_of_the_exercise(exercise, lang):
    head, _, *rows = rows_of_first_table(prose(exercise, lang)[0])
    column = next(i for i, name in enumerate(head) if re.match("points|配点", name))
    points = [float(number) for row in rows for number in re.findall(r"^[\d.]+", row[column])]
    assert sum(points) == exercise.points + exercise.bonus


ABOUT_AN_EXERCISE = {
    "en": r"\*\*Importance [●○]{3}[^,]*, difficulty ([★☆]{3}), about (\d+) minutes, "
    r"(?:([\d.]+)(?: bonus)? points?|not graded)",
    "ja": r"\*\*重要度 [●○]{3}[^／]*／難しさ ([★☆]{3})／目安 (\d+)分／"
    r"(?:ボーナス)?(?:([\d.]+)点|採点なし)",
}


@IN_BOTH
def test_each_exercises_section_agrees_with_the_table_at_the_top(exercise, lang):
    if exercise.id == "09_bug_hunt":
        pytest.skip("its suspects are introduced in pairs")
    first, *text = prose(exercise, lang)
    said = re.findall(ABOUT_AN_EXERCISE[lang], "\n".join(text))
    _, _, *rows = rows_of_first_table(first)
    table = [
        (
            difficulty,
            re.search(r"\d+", time)[0],
            "".join(re.findall(r"^[\d.]+", points)),
        )
        for _, _, points, difficulty, time in rows
    ]
    assert sorted(said) == sorted(table)
    assert sum(float(points or 0) for *_, points in said) == exercise.points + exercise.bonus


@pytest.mark.parametrize(("lang", "hours"), [("en", r"(\d+) h (\d+)"), ("ja", r"(\d+)時間(\d+)分")])
def test_the_map_of_the_course_has_the_times_of_its_page(lang, hours):
    text = "\n".join(prose(COURSE.exercise("01_windows"), lang))
    on_map = dict(re.findall(rf"^\| (\d\d) \|.*\| ({hours.replace('(', '(?:')}) \|$", text, re.M))
    page = (ROOT / "docs" / "course.md").read_text(encoding="utf-8")
    on_page = dict(re.findall(r"^\| `(\d\d)_\w+` \|[^|]*\| (\d+ h \d+) \|", page, re.M))
    assert len(on_page) == len(COURSE.exercises)
    assert {n: re.fullmatch(hours, time).groups() for n, time in on_map.items()} == {
        n: re.fullmatch(r"(\d+) h (\d+)", time).groups() for n, time in on_page.items()
    }


@IN_BOTH
def test_every_notebook_from_02_asks_what_is_remembered_and_ends_with_a_test_of_oneself(
    exercise, lang
):
    headings = re.findall(r"^## (.*)$", "\n".join(prose(exercise, lang)), re.M)
    remember, can, read = {
        "en": ("Do you remember?", "Now you can", "Further reading"),
        "ja": ("思い出してみよう", "できるようになったこと", "さらに学ぶには"),
    }[lang]
    assert headings.index(can) < headings.index(read)
    assert remember in headings or exercise.id == "01_windows"


@IN_BOTH
def test_questions_come_with_the_word_that_nobody_collects_the_answers(exercise, lang):
    heading, word = {
        "en": ("## Questions to think about", "Nobody collects your answers."),
        "ja": ("## 考えてみよう", "解答を提出する必要はありません。"),
    }[lang]
    questions = next(text for text in prose(exercise, lang) if heading in text)
    assert word in questions.partition(heading)[2]


@IN_BOTH
def test_mathematics_shows_its_underscores_in_every_browser(exercise, lang):
    # MathJax without its textmacros extension prints \_ inside \text{} with the backslash.
    assert [text for text in prose(exercise, lang) if re.search(r"\\text\{[^}]*\\_", text)] == []


@IN_BOTH
def test_a_sentence_that_ends_in_a_number_does_not_become_an_item_of_a_list(exercise, lang):
    for text in prose(exercise, lang):
        last, before = 0, ""
        for line in text.splitlines():
            if item := re.match(r"\s*(\d+)\. ", line):
                starts = item[1] == "1" and before == ""
                goes_on = int(item[1]) == last + 1 and not line.startswith(" ")
                assert starts or goes_on, f"Markdown takes this line for an item: {line!r}"
                last = int(item[1])
            before = line


def test_a_cell_that_misses_its_data_file_says_where_to_put_it():
    looking = [
        cell
        for exercise in COURSE.exercises
        for cell in read_cells(exercise)
        if cell.kind == "code" and 'Path("data")' in cell.source
    ]
    assert len(looking) >= 4
    for cell in looking:
        for word in ("was not found", "Colab", "見つからないので", "dataフォルダー"):
            assert word in cell.source, f"{cell.name} does not say {word!r}"


@pytest.mark.parametrize(
    ("lang", "heading", "named"),
    [
        (
            "en",
            "## Questions to think about",
            r"[Ss]uspects? [A-I]\b|\b[B-H]\b(?= (?:wherever|on|is))",
        ),
        ("ja", "## 考えてみよう", r"容疑者[A-I]|[A-I](?:です|は|、)"),
    ],
)
def test_no_answer_at_the_end_of_the_bug_hunt_tells_which_suspect_is_which(lang, heading, named):
    hunt = COURSE.exercise("09_bug_hunt")
    questions = next(text for text in prose(hunt, lang) if heading in text)
    assert re.findall(named, questions.partition(heading)[2]) == []
