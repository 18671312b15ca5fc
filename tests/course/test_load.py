"""course.toml and exercise.toml as records, and every way in which they can be wrong."""

import pytest

from autograder.course.load import find_course, load_course
from autograder.errors import CourseError
from autograder.text import Text


def test_a_course_has_its_exercises_in_order(small):
    course = small.load()
    assert course.title == Text(en="Doubles", ja="倍")
    assert (course.salt, course.languages, course.colab) == ("small", ("en", "ja"), "")
    assert [exercise.id for exercise in course.exercises] == ["01_double", "02_machine"]


def test_an_exercise_has_parts_criteria_and_points(small):
    exercise = small.load().exercise("01_double")
    assert (exercise.points, exercise.max_score, exercise.bonus) == (2.5, 2.5, 1)
    assert [criterion.id for criterion in exercise.criteria] == [
        "double.positive",
        "double.negative",
        "double.text",
    ]
    positive, negative, text = exercise.criteria
    assert positive.hint == Text(en="Add it twice.", ja="二回足します。")
    assert negative.hint is None
    assert (positive.bonus, text.bonus) == (False, True)
    assert exercise.suite == small.root.resolve() / "tests" / "hidden" / "test_01_double.py"


def test_a_part_is_a_function_or_a_method(small):
    course = small.load()
    function, method = course.exercise("01_double").parts[0], course.exercise("02_machine").parts[0]
    assert (function.owner, function.method) == ("double", None)
    assert (method.owner, method.method) == ("Machine", "run")
    assert method.builds_on == ("double",)


def test_what_an_exercise_builds_on_is_followed_to_the_ground(small):
    third = small.second.parent.parent / "03_factory"
    text = small.second.read_text(encoding="utf-8")
    text = text.replace("02_machine", "03_factory").replace("01_double", "02_machine")
    small.write(third / "exercise.toml", text.replace("Machine.run", "Factory.run"))
    course = small.load()
    before = [exercise.id for exercise in course.before(course.exercise("03_factory"))]
    assert before == ["01_double", "02_machine"]
    assert list(course.before(course.exercise("01_double"))) == []


def test_the_course_is_found_from_anywhere_inside_it(small):
    assert find_course(small.first.parent) == small.root.resolve()
    assert find_course(small.root) == small.root.resolve()


def test_outside_of_any_course(tmp_path):
    with pytest.raises(
        CourseError, match="neither this folder nor one above it contains solutions/"
    ):
        find_course(tmp_path)
    with pytest.raises(CourseError, match="is not a course"):
        load_course(tmp_path)


def test_a_course_in_one_language_needs_no_other(small):
    small.replace(small.settings, '["en", "ja"]', '["ja"]')
    small.replace(small.settings, '{en = "Doubles", ja = "倍"}', '{ja = "倍"}')
    small.second.unlink()
    (small.second.parent / "notebook.py").unlink()
    text = small.first.read_text(encoding="utf-8")
    lines = [
        line.split("en = ")[0] + "ja" + line.split(", ja")[1] if ", ja" in line else line
        for line in text.split("\n")
    ]
    small.write(small.first, "\n".join(lines))
    assert small.load().exercise("01_double").title == Text(ja="倍にする")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("points = 2.5", "points = 2.5\nweight = 3", "unknown key 'weight'"),
        ("points = 2.5", "points = 3", "points = 3, but the criteria without bonus add up to 2.5"),
        ("points = 2.5", 'points = "2"', "is not a valid number of points"),
        ("points = 2.5", "points = true", "is not a valid number of points"),
        ("bonus = 1\nreveal", "bonus = 2\nreveal", "bonus = 2, but the bonus criteria add up to 1"),
        ("points = 0.5", "points = 0.3", "points = 0.3 is not a valid number of points"),
        ("points = 0.5", "points = -0.5", "is not a valid number of points"),
        ("bonus = true", "bonus = 1", "neither true nor false"),
        ('reveal = "none"', 'reveal = "all"', "Choose one of none, shapes, first_difference"),
        ('id = "01_double"', 'id = "1_double"', "in a folder named '01_double'"),
        ('id = "double"', 'id = "double it"', "is neither a function name"),
        ('id = "double.positive"', 'id = "doubled.positive"', "does not fit its part 'double'"),
        ('id = "double.positive"', 'id = "double.Positive"', "snake_case"),
        ('id = "double.positive"', 'id = "double."', "snake_case"),
        ('id = "double.negative"', 'id = "double.positive"', "two criteria 'double.positive'"),
        ('title = {en = "Texts", ja = "文字列"}', 'title = {en = "Texts"}', "no text in 'ja'"),
        ('title = {en = "Texts", ja = "文字列"}', 'title = "Texts"', "is not a table"),
        ('ja = "文字列"}', 'ja = "文字列", de = "Texte"}', "unknown key 'de'"),
        ('ja = "文字列"}', 'ja = " "}', "is not a text"),
        ('hint = {en = "Add', 'hints = {en = "Add', "unknown key 'hints'"),
        ('reveal = "none"', 'reveal = "none"\nbuilds_on = ["00_x"]', "is not an earlier exercise"),
        ('reveal = "none"', 'reveal = "none"\nbuilds_on = "00_x"', "is not a list of texts"),
        ('reveal = "none"', "reveal = none", "is not TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_exercise_is_named_with_its_line(small, old, new, words):
    line = small.replace(small.first, old, new) + new.count("\n")
    with pytest.raises(CourseError) as caught:
        small.load()
    error = caught.value
    assert words in str(error)
    assert error.file == small.first
    assert error.line is not None
    # The line, or the header of the table around it: TOML keeps no positions.
    assert 0 <= line - error.line <= 1 + new.count("\n")


def test_a_missing_key(small):
    small.replace(small.first, "points = 2.5", "")
    with pytest.raises(CourseError) as caught:
        small.load()
    assert str(caught.value) == f"{small.first}: 'points' is missing. Add points = ..."


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        ("points = 2.5", "point = 2.5", "unknown key 'point'. Write points."),
        ("points = 0.5", "pionts = 0.5", "unknown key 'pionts'. Write points."),
        ("bonus = true", "bonsu = true", "unknown key 'bonsu'. Write bonus."),
        ('reveal = "none"', 'revael = "none"', "unknown key 'revael'. Write reveal."),
        ('{en = "Texts", ja', '{eng = "Texts", ja', "unknown key 'eng'. Write en."),
        (
            "points = 0.5",
            "points = 0.5\nx = 1",
            "unknown key 'x'. Known keys: id, points, bonus, title, hint.",
        ),
    ],
)
def test_a_misspelt_key_is_told_before_the_one_that_it_leaves_missing(small, old, new, remedy):
    line = small.replace(small.first, old, new) + new.count("\n")
    with pytest.raises(CourseError) as caught:
        small.load()
    assert str(caught.value) == f"{small.first}:{line}: {remedy}"


def test_an_exercise_without_parts(small):
    text = small.first.read_text(encoding="utf-8")
    small.write(
        small.first, text.split("[[parts]]")[0].replace("2.5", "0").replace("bonus = 1\n", "")
    )
    with pytest.raises(CourseError, match=r"there is no \[\[parts\]\]"):
        small.load()


def test_a_part_without_criteria(small):
    small.write(small.second, small.second.read_text(encoding="utf-8").split("[[parts.c")[0])
    with pytest.raises(CourseError, match=r"there is no \[\[parts\.criteria\]\] here"):
        small.load()


def test_a_part_that_builds_on_nothing_known(small):
    line = small.replace(small.second, 'builds_on = ["double"]', 'builds_on = ["triple"]')
    with pytest.raises(CourseError, match="builds on 'triple', which is neither a part") as caught:
        small.load()
    assert caught.value.line == line


def test_a_part_that_builds_on_an_exercise_that_its_own_does_not_build_on(small):
    small.replace(small.second, 'builds_on = ["01_double"]\n', "")
    with pytest.raises(CourseError, match="builds on 'double', which is neither a part"):
        small.load()


@pytest.mark.parametrize(
    ("alias", "words"),
    [
        ("run it", "alias 'run it' of part 'Machine.run' is not a valid name"),
        ("double", "alias 'double' of part 'Machine.run' is the name of another part"),
    ],
)
def test_an_alias_is_a_name_that_no_other_part_has(small, alias, words):
    small.replace(small.second, 'builds_on = ["double"]', f'aliases = ["Engine", "{alias}"]')
    with pytest.raises(CourseError, match=words):
        small.load()


def test_a_function_has_no_alias_for_a_method(small):
    small.replace(small.first, 'id = "double"', 'id = "double"\naliases = [".twice"]')
    with pytest.raises(CourseError, match=r"alias '\.twice' of part 'double' is not a valid name"):
        small.load()


def test_two_parts_of_one_name(small):
    text = small.second.read_text(encoding="utf-8")
    small.write(small.second, text + text[text.index("[[parts]]") :])
    with pytest.raises(CourseError, match=r"two parts 'Machine\.run'"):
        small.load()


def test_a_folder_with_a_notebook_and_no_exercise_is_not_passed_over(small):
    small.second.unlink()
    with pytest.raises(CourseError, match="this file is missing") as caught:
        small.load()
    assert caught.value.file == small.second


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('["en", "ja"]', '["en", "fr"]', "Supported languages: en, ja"),
        ('["en", "ja"]', "[]", "Supported languages: en, ja"),
        ('["en", "ja"]', '["en", "en"]', "names something twice"),
        ('salt = "small"', 'salt = ""', "is not a text"),
        ('salt = "small"', "", "'salt' is missing"),
        ('salt = "small"', 'salt = "small"\npepper = 1', "unknown key 'pepper'"),
    ],
)
def test_what_is_wrong_in_the_course_file(small, old, new, words):
    small.replace(small.settings, old, new)
    with pytest.raises(CourseError, match=words) as caught:
        small.load()
    assert caught.value.file == small.settings


def test_an_unknown_exercise_names_those_there_are(small):
    with pytest.raises(CourseError, match="Known: 01_double, 02_machine"):
        small.load().exercise("03_x")


def test_an_error_is_one_line_with_place_cause_and_mend(small, monkeypatch):
    monkeypatch.chdir(small.root)
    line = small.replace(small.first, 'reveal = "none"', 'reveal = "all"')
    with pytest.raises(CourseError) as caught:
        small.load()
    assert str(caught.value) == (
        f"solutions/01_double/exercise.toml:{line}: reveal = 'all' is unknown."
        " Choose one of none, shapes, first_difference."
    )
