"""course.toml and exercise.toml as records, and every way in which they can be wrong."""

import pytest

from autograder.course.load import find_course, load_course
from autograder.errors import CourseError
from autograder.text import Text


def test_a_course_has_its_exercises_in_order(mini):
    course = mini.load()
    assert course.title == Text(en="Boxes", ja="箱")
    assert (course.salt, course.languages, course.colab) == ("tiny", ("en", "ja"), "")
    assert [exercise.id for exercise in course.exercises] == ["01_area", "02_box"]


def test_an_exercise_has_parts_criteria_and_points(mini):
    exercise = mini.load().exercise("01_area")
    assert (exercise.points, exercise.max_score, exercise.bonus) == (2.5, 2.5, 1)
    assert [criterion.id for criterion in exercise.criteria] == [
        "frame_area.no_border",
        "frame_area.wide",
        "frame_area.flat",
    ]
    no_border, wide, flat = exercise.criteria
    assert wide.hint == Text(
        en="How many borders does a side have?", ja="1辺に縁はいくつありますか。"
    )
    assert no_border.hint is None
    assert (wide.bonus, flat.bonus) == (False, True)
    assert exercise.suite == mini.root.resolve() / "tests" / "hidden" / "test_01_area.py"


def test_a_part_is_a_function_or_a_method(mini):
    course = mini.load()
    function, method = course.exercise("01_area").parts[0], course.exercise("02_box").parts[0]
    assert (function.owner, function.method) == ("frame_area", None)
    assert (method.owner, method.method) == ("Box", "volume")
    assert method.builds_on == ("frame_area",)


def test_what_an_exercise_builds_on_is_followed_to_the_ground(mini):
    third = mini.box.toml.parent.parent / "03_tower"
    text = mini.box.toml.read_text(encoding="utf-8")
    text = text.replace("02_box", "03_tower").replace("01_area", "02_box")
    mini.write(third / "exercise.toml", text.replace("Box.volume", "Crate.volume"))
    course = mini.load()
    before = [exercise.id for exercise in course.before(course.exercise("03_tower"))]
    assert before == ["01_area", "02_box"]
    assert list(course.before(course.exercise("01_area"))) == []


def test_the_course_is_found_from_anywhere_inside_it(mini):
    assert find_course(mini.area.toml.parent) == mini.root.resolve()
    assert find_course(mini.root) == mini.root.resolve()


def test_outside_of_any_course(tmp_path):
    with pytest.raises(
        CourseError, match="neither this folder nor one above it contains solutions/"
    ):
        find_course(tmp_path)
    with pytest.raises(CourseError, match="is not a course"):
        load_course(tmp_path)


def test_a_course_in_one_language_needs_no_other(mini):
    mini.replace(mini.settings, '["en", "ja"]', '["ja"]')
    mini.replace(mini.settings, '{en = "Boxes", ja = "箱"}', '{ja = "箱"}')
    mini.box.toml.unlink()
    (mini.box.toml.parent / "notebook.py").unlink()
    text = mini.area.toml.read_text(encoding="utf-8")
    lines = [
        line.split("en = ")[0] + "ja" + line.split(", ja")[1] if ", ja" in line else line
        for line in text.split("\n")
    ]
    mini.write(mini.area.toml, "\n".join(lines))
    assert mini.load().exercise("01_area").title == Text(ja="面積")


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
        ('"first_difference"', '"all"', "Choose one of none, shapes, first_difference"),
        ('id = "01_area"', 'id = "1_area"', "in a folder named '01_area'"),
        ('id = "frame_area"', 'id = "frame area"', "is neither a function name"),
        ('id = "frame_area.wide"', 'id = "frame.wide"', "does not fit its part"),
        ('id = "frame_area.wide"', 'id = "frame_area.Wide"', "snake_case"),
        ('id = "frame_area.wide"', 'id = "frame_area."', "snake_case"),
        ('id = "frame_area.wide"', 'id = "frame_area.no_border"', "two criteria 'frame_area.no"),
        (', ja = "平らな枠"}', "}", "no text in 'ja'"),
        ('title = {en = "Flat frames", ja = "平らな枠"}', 'title = "Frames"', "is not a table"),
        ('ja = "平らな枠"}', 'ja = "平らな枠", de = "Texte"}', "unknown key 'de'"),
        ('ja = "平らな枠"}', 'ja = " "}', "is not a text"),
        ('hint = {en = "How', 'hints = {en = "How', "unknown key 'hints'"),
        ("bonus = 1\nreveal", 'builds_on = ["00_x"]\nbonus = 1\nreveal', "is not an earlier"),
        ("bonus = 1\nreveal", 'builds_on = "00_x"\nbonus = 1\nreveal', "is not a list of texts"),
        ('reveal = "first_difference"', "reveal = none", "is not TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_exercise_is_named_with_its_line(mini, old, new, words):
    line = mini.replace(mini.area.toml, old, new) + new.count("\n")
    with pytest.raises(CourseError) as caught:
        mini.load()
    error = caught.value
    assert words in str(error)
    assert error.file == mini.area.toml
    assert error.line is not None
    # The line, or the header of the table around it: TOML keeps no positions.
    assert 0 <= line - error.line <= 1 + new.count("\n")


def test_a_missing_key(mini):
    mini.replace(mini.area.toml, "points = 2.5", "")
    with pytest.raises(CourseError) as caught:
        mini.load()
    assert str(caught.value) == f"{mini.area.toml}: 'points' is missing. Add points = ..."


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        ("points = 2.5", "point = 2.5", "unknown key 'point'. Write points."),
        ("points = 0.5", "pionts = 0.5", "unknown key 'pionts'. Write points."),
        ("bonus = true", "bonsu = true", "unknown key 'bonsu'. Write bonus."),
        ('reveal = "first', 'revael = "first', "unknown key 'revael'. Write reveal."),
        ('{en = "Flat frames", ja', '{eng = "Flat frames", ja', "unknown key 'eng'. Write en."),
        (
            "points = 0.5",
            "points = 0.5\nx = 1",
            "unknown key 'x'. Known keys: id, points, bonus, title, hint, reveal.",
        ),
    ],
)
def test_a_misspelt_key_is_reported_before_the_one_that_it_leaves_missing(mini, old, new, remedy):
    line = mini.replace(mini.area.toml, old, new) + new.count("\n")
    with pytest.raises(CourseError) as caught:
        mini.load()
    assert str(caught.value) == f"{mini.area.toml}:{line}: {remedy}"


def test_an_exercise_without_parts(mini):
    text = mini.area.toml.read_text(encoding="utf-8")
    mini.write(
        mini.area.toml, text.split("[[parts]]")[0].replace("2.5", "0").replace("bonus = 1\n", "")
    )
    with pytest.raises(CourseError, match=r"there is no \[\[parts\]\]"):
        mini.load()


def test_a_part_without_criteria(mini):
    mini.without(mini.box.toml, after="[[parts.criteria]]")
    with pytest.raises(CourseError, match=r"there is no \[\[parts\.criteria\]\] here"):
        mini.load()


def test_a_part_that_builds_on_nothing_known(mini):
    line = mini.replace(mini.box.toml, 'builds_on = ["frame_area"]', 'builds_on = ["edge_area"]')
    with pytest.raises(
        CourseError, match="builds on 'edge_area', which is neither a part"
    ) as caught:
        mini.load()
    assert caught.value.line == line


def test_a_part_that_builds_on_an_exercise_that_its_own_does_not_build_on(mini):
    mini.replace(mini.box.toml, 'builds_on = ["01_area"]\n', "")
    with pytest.raises(CourseError, match="builds on 'frame_area', which is neither a part"):
        mini.load()


@pytest.mark.parametrize(
    ("alias", "words"),
    [
        ("run it", "alias 'run it' of part 'Box.volume' is not a valid name"),
        ("frame_area", "alias 'frame_area' of part 'Box.volume' is the name of another part"),
    ],
)
def test_an_alias_is_a_name_that_no_other_part_has(mini, alias, words):
    mini.replace(mini.box.toml, 'builds_on = ["frame_area"]', f'aliases = ["Crate", "{alias}"]')
    with pytest.raises(CourseError, match=words):
        mini.load()


def test_a_function_has_no_alias_for_a_method(mini):
    mini.replace(mini.area.toml, 'id = "frame_area"', 'id = "frame_area"\naliases = [".frame"]')
    with pytest.raises(CourseError, match=r"alias '\.frame' of part 'frame_area' is not a valid"):
        mini.load()


def test_two_parts_of_one_name(mini):
    text = mini.box.toml.read_text(encoding="utf-8")
    mini.write(mini.box.toml, text + text[text.index("[[parts]]") :])
    with pytest.raises(CourseError, match=r"two parts 'Box\.volume'"):
        mini.load()


def test_a_folder_with_a_notebook_and_no_exercise_is_not_passed_over(mini):
    mini.box.toml.unlink()
    with pytest.raises(CourseError, match="this file is missing") as caught:
        mini.load()
    assert caught.value.file == mini.box.toml


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('["en", "ja"]', '["en", "fr"]', "Supported languages: en, ja"),
        ('["en", "ja"]', "[]", "Supported languages: en, ja"),
        ('["en", "ja"]', '["en", "en"]', "names something twice"),
        ('salt = "tiny"', 'salt = ""', "is not a text"),
        ('salt = "tiny"', "", "'salt' is missing"),
        ('salt = "tiny"', 'salt = "tiny"\npepper = 1', "unknown key 'pepper'"),
    ],
)
def test_what_is_wrong_in_the_course_file(mini, old, new, words):
    mini.replace(mini.settings, old, new)
    with pytest.raises(CourseError, match=words) as caught:
        mini.load()
    assert caught.value.file == mini.settings


def test_an_unknown_exercise_names_those_there_are(mini):
    with pytest.raises(CourseError, match="Known: 01_area, 02_box"):
        mini.load().exercise("03_x")


def test_an_error_is_one_line_with_place_cause_and_remedy(mini, monkeypatch):
    monkeypatch.chdir(mini.root)
    line = mini.replace(mini.area.toml, 'reveal = "first_difference"', 'reveal = "all"')
    with pytest.raises(CourseError) as caught:
        mini.load()
    assert str(caught.value) == (
        f"solutions/01_area/exercise.toml:{line}: reveal = 'all' is unknown."
        " Choose one of none, shapes, first_difference."
    )


def test_a_course_can_be_the_key_of_a_cache(mini):
    """Its solutions and claims are kept by it, and a mapping in it would have no hash."""
    assert hash(mini.load()) == hash(mini.load())
