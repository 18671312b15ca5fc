"""Whatever might hand a solution to students is an error with file and line, and writes nothing."""

import pytest

from autograder.errors import CourseError
from autograder.generate import write_assignments

BEGIN = "    ### BEGIN SOLUTION\n    outer"
END = "    ### END SOLUTION\n"


def refused(tiny, tmp_path, *, line, words, file=None):
    """Generating must fail with `words`, at `line` of the notebook, and leave no file behind."""
    out = tmp_path / "out"
    with pytest.raises(CourseError) as caught:
        write_assignments(tiny.load(), [], [], out)
    error = caught.value
    assert words in str(error)
    assert (error.file, error.line) == (file or tiny.area, line)
    assert error.remedy
    assert not out.exists()


@pytest.mark.parametrize(
    "spelling",
    [
        "## BEGIN SOLUTION",
        "#### BEGIN SOLUTION",
        "#BEGIN SOLUTION",
        "###BEGIN SOLUTION",
        "### BEGIN SOLUTON",
        "### BEGN SOLUTION",
        "### Begin solution",
        "### BEGIN  SOLUTION",
        "### BEGIN_SOLUTION",
        "### BEGINSOLUTION",
        "### BEGIN SOLUTION:",
        "### BEGIN THE SOLUTION",
        "### SOLUTION BEGIN",
        "# begin sol",
        "### BEGIN ANSWER",
        "### BEGIN HIDDEN TESTS",
    ],
)
def test_a_misspelt_begin(tiny, tmp_path, spelling):
    line = tiny.replace(tiny.area, BEGIN, f"    {spelling}\n    outer")
    refused(tiny, tmp_path, line=line, words="looks like a solution marker")


@pytest.mark.parametrize(
    "spelling", ["## END SOLUTION", "### END SOLUTIONS", "### end", "# ENDSOLUTION"]
)
def test_a_misspelt_end(tiny, tmp_path, spelling):
    line = tiny.replace(tiny.area, END, f"    {spelling}\n")
    refused(tiny, tmp_path, line=line, words="looks like a solution marker")


def test_a_marker_behind_code(tiny, tmp_path):
    line = tiny.replace(tiny.area, BEGIN, "    outer = 0  ### BEGIN SOLUTION\n    outer")
    refused(tiny, tmp_path, line=line, words="looks like a solution marker")


def test_a_marker_in_a_string(tiny, tmp_path):
    line = tiny.replace(tiny.area, "    Returns: square", "    ### BEGIN SOLUTION\n    square")
    refused(tiny, tmp_path, line=line, words="looks like a solution marker")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (END, "", "### BEGIN SOLUTION without ### END SOLUTION"),
        (BEGIN, "    outer", "### END SOLUTION without ### BEGIN SOLUTION"),
    ],
)
def test_unbalanced_markers(tiny, tmp_path, old, new, words):
    line = tiny.replace(tiny.area, old, new)
    if old == BEGIN:
        line += 3
    else:
        line -= 4
    refused(tiny, tmp_path, line=line, words=words)


def test_nested_markers(tiny, tmp_path):
    line = tiny.replace(tiny.area, "    inner = max", "    ### BEGIN SOLUTION\n    inner = max")
    refused(tiny, tmp_path, line=line, words="cannot be nested")


def test_a_marker_indented_otherwise_than_the_body(tiny, tmp_path):
    line = tiny.replace(tiny.area, BEGIN, "      ### BEGIN SOLUTION\n    outer")
    refused(tiny, tmp_path, line=line, words="not indented like its region")


def test_a_region_that_covers_a_piece_of_a_block(tiny, tmp_path):
    line = tiny.replace(
        tiny.area,
        BEGIN,
        "    if height:\n        ### BEGIN SOLUTION\n        pass\n    outer",
    )
    refused(tiny, tmp_path, line=line + 1, words="different blocks")


def test_an_end_in_the_middle_of_an_inner_block(tiny, tmp_path):
    tiny.replace(
        tiny.area,
        "    return outer - inner\n    ### END SOLUTION\n",
        """\
    if outer:
        inner += 0
        ### END SOLUTION
        inner += 0
    return outer - inner
""",
    )
    line = tiny.area.read_text(encoding="utf-8").split("### END")[0].count("\n") + 1
    refused(tiny, tmp_path, line=line, words="inside a statement")


def test_a_begin_inside_a_statement(tiny, tmp_path):
    line = tiny.replace(
        tiny.area, BEGIN, "    outer = (\n    ### BEGIN SOLUTION\n    0)\n    outer"
    )
    refused(tiny, tmp_path, line=line + 1, words="inside a statement")


def test_an_empty_region(tiny, tmp_path):
    line = tiny.replace(tiny.area, BEGIN, f"{BEGIN.split('    outer')[0]}{END}    outer")
    refused(tiny, tmp_path, line=line, words="has no code")


def test_a_region_outside_any_function(tiny, tmp_path):
    tiny.replace(tiny.box, "        ### BEGIN SOLUTION\n", "")
    tiny.replace(tiny.box, "        ### END SOLUTION\n", "        ###\n")
    line = tiny.replace(
        tiny.box,
        '    def __repr__(self):\n        return f"Box({self.height})"\n',
        "    ### BEGIN SOLUTION\n    edges = 12\n    ### END SOLUTION\n",
    )
    refused(tiny, tmp_path, line=line, file=tiny.box, words="outside any function")


def test_a_docstring_in_a_region(tiny, tmp_path):
    tiny.replace(tiny.box, "        ### BEGIN SOLUTION\n", "")
    line = tiny.replace(
        tiny.box,
        '        """Volume of',
        '        ### BEGIN SOLUTION\n        """Volume of',
    )
    refused(tiny, tmp_path, line=line, file=tiny.box, words="docstring inside")


def test_a_stub_cell_without_a_region(tiny, tmp_path):
    tiny.replace(tiny.area, "    ### BEGIN SOLUTION\n", "")
    tiny.replace(tiny.area, END, "")
    line = tiny.area.read_text(encoding="utf-8").split("def frame_area")[0].count("\n") + 1
    refused(tiny, tmp_path, line=line, words="has no solution region")


def test_a_part_without_a_region_beside_one_that_has_one(tiny, tmp_path):
    """The cell holds a region, but the graded method's body would survive."""
    tiny.replace(tiny.box, "        ### BEGIN SOLUTION\n", "")
    tiny.replace(tiny.box, "        ### END SOLUTION\n", "")
    tiny.replace(
        tiny.box,
        '        return f"Box({self.height})"\n',
        '        ### BEGIN SOLUTION\n        return "Box"\n        ### END SOLUTION\n',
    )
    line = tiny.box.read_text(encoding="utf-8").split("class Box")[0].count("\n") + 1
    refused(tiny, tmp_path, line=line, file=tiny.box, words="'Box.volume' has no solution region")


def test_a_region_in_a_cell_that_is_no_stub(tiny, tmp_path):
    line = tiny.replace(
        tiny.area,
        "    return value / 2\n",
        "    ### BEGIN SOLUTION\n    return value / 2\n    ### END SOLUTION\n",
    )
    refused(tiny, tmp_path, line=line, words="in setup cell 'setup'")


def test_a_marker_in_prose(tiny, tmp_path):
    line = tiny.replace(tiny.area, "# Think:", "# ### BEGIN SOLUTION\n# Think:")
    refused(tiny, tmp_path, line=line, words="prose cell")


def test_japanese_prose_in_the_english_notebook(tiny, tmp_path):
    line = tiny.replace(tiny.area, "# Think:", "# 考え:")
    refused(tiny, tmp_path, line=line, words="Japanese text in the English notebook")


def test_japanese_code_that_nobody_translates(tiny, tmp_path):
    line = tiny.replace(tiny.area, 'print(tr("about to check", "確認します"))', 'print("確認")')
    refused(
        tiny, tmp_path, line=line, words='Japanese text in the English notebook: `print("確認")`'
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ('tr("one")', "tr() takes"),
        ('tr("one", "二", "three")', "tr() takes"),
        ('tr("one", ja="二")', "tr() takes"),
        ('tr("one" + "1", "二")', "tr() takes"),
        ("tr(name, name)", "tr() takes"),
        ("say = tr", "tr is not called"),
        ('f"{tr(1, 2)}"', "tr() inside an f-string"),
        ("f\"{tr('one', 'two')}\"", "tr() inside an f-string"),
    ],
)
def test_a_tr_that_is_no_pair_of_literals(tiny, tmp_path, code, words):
    line = tiny.replace(tiny.area, 'print(tr("about to check", "確認します"))', code)
    refused(tiny, tmp_path, line=line, words=words)


@pytest.mark.parametrize(
    "spelling", ["# EN: How", "#en: How", "# en：How", "# en:How", "# jp: How"]
)
def test_a_misspelt_mark_for_one_language(tiny, tmp_path, spelling):
    line = tiny.replace(tiny.area, "# en: How", spelling)
    refused(tiny, tmp_path, line=line, words="looks like a comment for one language")


def test_a_comment_for_one_language_behind_code(tiny, tmp_path):
    line = tiny.replace(tiny.area, "import math", "import math  # en: for pi")
    refused(tiny, tmp_path, line=line, words="looks like a comment for one language")


@pytest.mark.parametrize(
    "spelling", ["-- ja --", "---ja---", "--- JA ---", "--- jp ---", "=== ja ==="]
)
def test_a_misspelt_line_between_languages(tiny, tmp_path, spelling):
    line = tiny.replace(tiny.area, "    --- ja ---\n    枠", f"    {spelling}\n    枠")
    refused(tiny, tmp_path, line=line, words="looks like the separator between two languages")


def test_a_docstring_with_half_a_translation(tiny, tmp_path):
    line = tiny.replace(tiny.area, "    --- ja ---\n    値の半分。\n", "    --- ja ---\n")
    refused(tiny, tmp_path, line=line, words="above and below")


def test_a_line_between_languages_outside_a_docstring(tiny, tmp_path):
    line = tiny.replace(tiny.area, "import math\n", 'import math\nx = """a\n--- ja ---\nb"""\n')
    refused(tiny, tmp_path, line=line + 2, words="looks like the separator between two languages")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import source_lib", "the reference library's name"),
        ("# see tests/hidden", "a hidden suite's name"),
        ("from autograder.course.author import tr", "a path of the grader"),
        ("import autograder", "the grader's name"),
        ('earlier("01_area", "frame_area")', "a call of earlier()"),
    ],
)
def test_names_of_ours_in_code(tiny, tmp_path, code, words):
    line = tiny.replace(tiny.area, "import math", code)
    refused(tiny, tmp_path, line=line, words=words)


def test_a_name_of_ours_in_prose(tiny, tmp_path):
    line = tiny.replace(tiny.area, "# Think:", "# Compare source_lib.frame_area.")
    refused(tiny, tmp_path, line=line, words="the reference library's name")


def test_a_carry_cell_that_asks_for_what_is_not_there(tiny, tmp_path):
    line = tiny.replace(tiny.box, 'parts=["frame_area"]', 'parts=["frame"]')
    refused(tiny, tmp_path, line=line + 1, file=tiny.box, words="asks for 'frame'")


def test_a_carry_cell_from_an_exercise_that_is_not_built_on(tiny, tmp_path):
    line = tiny.replace(tiny.box, 'source="01_area"', 'source="00_area"')
    refused(tiny, tmp_path, line=line + 1, file=tiny.box, words="takes from '00_area'")


def test_one_bad_exercise_keeps_the_good_ones_from_being_written(tiny, tmp_path):
    """The first exercise is fine and would be rendered first."""
    line = tiny.replace(tiny.box, "print(Box(2))", "print(Box(2))  # ### END SOLUTION")
    refused(tiny, tmp_path, line=line, file=tiny.box, words="looks like a solution marker")
