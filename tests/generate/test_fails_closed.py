"""Whatever might hand a solution to students is an error with file and line, and writes nothing."""

import pytest

from autograder.errors import CourseError
from autograder.generate import write_assignments

BEGIN = "    ### BEGIN SOLUTION\n    outer"
END = "    ### END SOLUTION\n"


def refused(mini, tmp_path, *, line, words, file=None):
    """Generating must fail with `words`, at `line` of the notebook, and leave no file behind."""
    out = tmp_path / "out"
    with pytest.raises(CourseError) as caught:
        write_assignments(mini.load(), [], [], out)
    error = caught.value
    assert words in str(error)
    assert (error.file, error.line) == (file or mini.area.notebook, line)
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
def test_a_misspelt_begin(mini, tmp_path, spelling):
    line = mini.replace(mini.area.notebook, BEGIN, f"    {spelling}\n    outer")
    refused(mini, tmp_path, line=line, words="looks like a solution marker")


@pytest.mark.parametrize(
    "spelling", ["## END SOLUTION", "### END SOLUTIONS", "### end", "# ENDSOLUTION"]
)
def test_a_misspelt_end(mini, tmp_path, spelling):
    line = mini.replace(mini.area.notebook, END, f"    {spelling}\n")
    refused(mini, tmp_path, line=line, words="looks like a solution marker")


def test_a_marker_behind_code(mini, tmp_path):
    line = mini.replace(mini.area.notebook, BEGIN, "    outer = 0  ### BEGIN SOLUTION\n    outer")
    refused(mini, tmp_path, line=line, words="looks like a solution marker")


def test_a_marker_in_a_string(mini, tmp_path):
    line = mini.replace(
        mini.area.notebook, "    Returns: square", "    ### BEGIN SOLUTION\n    square"
    )
    refused(mini, tmp_path, line=line, words="looks like a solution marker")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (END, "", "### BEGIN SOLUTION without ### END SOLUTION"),
        (BEGIN, "    outer", "### END SOLUTION without ### BEGIN SOLUTION"),
    ],
)
def test_unbalanced_markers(mini, tmp_path, old, new, words):
    line = mini.replace(mini.area.notebook, old, new)
    if old == BEGIN:
        line += 3
    else:
        line -= 4
    refused(mini, tmp_path, line=line, words=words)


def test_nested_markers(mini, tmp_path):
    line = mini.replace(
        mini.area.notebook, "    inner = max", "    ### BEGIN SOLUTION\n    inner = max"
    )
    refused(mini, tmp_path, line=line, words="cannot be nested")


def test_a_marker_indented_otherwise_than_the_body(mini, tmp_path):
    line = mini.replace(mini.area.notebook, BEGIN, "      ### BEGIN SOLUTION\n    outer")
    refused(mini, tmp_path, line=line, words="not indented like its region")


def test_a_region_that_covers_a_piece_of_a_block(mini, tmp_path):
    line = mini.replace(
        mini.area.notebook,
        BEGIN,
        "    if height:\n        ### BEGIN SOLUTION\n        pass\n    outer",
    )
    refused(mini, tmp_path, line=line + 1, words="different blocks")


def test_an_end_in_the_middle_of_an_inner_block(mini, tmp_path):
    mini.replace(
        mini.area.notebook,
        "    return outer - inner\n    ### END SOLUTION\n",
        """\
    if outer:
        inner += 0
        ### END SOLUTION
        inner += 0
    return outer - inner
""",
    )
    line = mini.area.notebook.read_text(encoding="utf-8").split("### END")[0].count("\n") + 1
    refused(mini, tmp_path, line=line, words="inside a statement")


def test_a_begin_inside_a_statement(mini, tmp_path):
    line = mini.replace(
        mini.area.notebook, BEGIN, "    outer = (\n    ### BEGIN SOLUTION\n    0)\n    outer"
    )
    refused(mini, tmp_path, line=line + 1, words="inside a statement")


def test_an_empty_region(mini, tmp_path):
    line = mini.replace(mini.area.notebook, BEGIN, f"{BEGIN.split('    outer')[0]}{END}    outer")
    refused(mini, tmp_path, line=line, words="has no code")


def test_a_region_outside_any_function(mini, tmp_path):
    mini.replace(mini.box.notebook, "        ### BEGIN SOLUTION\n", "")
    mini.replace(mini.box.notebook, "        ### END SOLUTION\n", "        ###\n")
    line = mini.replace(
        mini.box.notebook,
        '    def __repr__(self):\n        return f"Box({self.height})"\n',
        "    ### BEGIN SOLUTION\n    edges = 12\n    ### END SOLUTION\n",
    )
    refused(mini, tmp_path, line=line, file=mini.box.notebook, words="outside any function")


def test_a_docstring_in_a_region(mini, tmp_path):
    mini.replace(mini.box.notebook, "        ### BEGIN SOLUTION\n", "")
    line = mini.replace(
        mini.box.notebook,
        '        """Volume of',
        '        ### BEGIN SOLUTION\n        """Volume of',
    )
    refused(mini, tmp_path, line=line, file=mini.box.notebook, words="docstring inside")


def test_a_stub_cell_without_a_region(mini, tmp_path):
    mini.replace(mini.area.notebook, "    ### BEGIN SOLUTION\n", "")
    mini.replace(mini.area.notebook, END, "")
    line = mini.area.notebook.read_text(encoding="utf-8").split("def frame_area")[0].count("\n") + 1
    refused(mini, tmp_path, line=line, words="has no solution region")


def test_a_part_without_a_region_beside_one_that_has_one(mini, tmp_path):
    """The cell holds a region, but the graded method's body would survive."""
    mini.replace(mini.box.notebook, "        ### BEGIN SOLUTION\n", "")
    mini.replace(mini.box.notebook, "        ### END SOLUTION\n", "")
    mini.replace(
        mini.box.notebook,
        '        return f"Box({self.height})"\n',
        '        ### BEGIN SOLUTION\n        return "Box"\n        ### END SOLUTION\n',
    )
    line = mini.box.notebook.read_text(encoding="utf-8").split("class Box")[0].count("\n") + 1
    refused(
        mini,
        tmp_path,
        line=line,
        file=mini.box.notebook,
        words="'Box.volume' has no solution region",
    )


def test_a_region_in_a_cell_that_is_no_stub(mini, tmp_path):
    line = mini.replace(
        mini.area.notebook,
        "    return value / 2\n",
        "    ### BEGIN SOLUTION\n    return value / 2\n    ### END SOLUTION\n",
    )
    refused(mini, tmp_path, line=line, words="in setup cell 'setup'")


def test_a_marker_in_prose(mini, tmp_path):
    line = mini.replace(mini.area.notebook, "# Think:", "# ### BEGIN SOLUTION\n# Think:")
    refused(mini, tmp_path, line=line, words="prose cell")


def test_japanese_prose_in_the_english_notebook(mini, tmp_path):
    line = mini.replace(mini.area.notebook, "# Think:", "# 考え:")
    refused(mini, tmp_path, line=line, words="Japanese text in the English notebook")


def test_japanese_code_that_nobody_translates(mini, tmp_path):
    line = mini.replace(
        mini.area.notebook, 'print(tr("about to check", "確認します"))', 'print("確認")'
    )
    refused(
        mini, tmp_path, line=line, words='Japanese text in the English notebook: `print("確認")`'
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
def test_a_tr_that_is_no_pair_of_literals(mini, tmp_path, code, words):
    line = mini.replace(mini.area.notebook, 'print(tr("about to check", "確認します"))', code)
    refused(mini, tmp_path, line=line, words=words)


@pytest.mark.parametrize(
    "spelling", ["# EN: How", "#en: How", "# en：How", "# en:How", "# jp: How"]
)
def test_a_misspelt_mark_for_one_language(mini, tmp_path, spelling):
    line = mini.replace(mini.area.notebook, "# en: How", spelling)
    refused(mini, tmp_path, line=line, words="looks like a comment for one language")


def test_a_comment_for_one_language_behind_code(mini, tmp_path):
    line = mini.replace(mini.area.notebook, "import math", "import math  # en: for pi")
    refused(mini, tmp_path, line=line, words="looks like a comment for one language")


@pytest.mark.parametrize(
    "spelling", ["-- ja --", "---ja---", "--- JA ---", "--- jp ---", "=== ja ==="]
)
def test_a_misspelt_line_between_languages(mini, tmp_path, spelling):
    line = mini.replace(mini.area.notebook, "    --- ja ---\n    枠", f"    {spelling}\n    枠")
    refused(mini, tmp_path, line=line, words="looks like the separator between two languages")


def test_a_docstring_with_half_a_translation(mini, tmp_path):
    line = mini.replace(mini.area.notebook, "    --- ja ---\n    値の半分。\n", "    --- ja ---\n")
    refused(mini, tmp_path, line=line, words="above and below")


def test_a_line_between_languages_outside_a_docstring(mini, tmp_path):
    line = mini.replace(
        mini.area.notebook, "import math\n", 'import math\nx = """a\n--- ja ---\nb"""\n'
    )
    refused(mini, tmp_path, line=line + 2, words="looks like the separator between two languages")


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
def test_names_of_ours_in_code(mini, tmp_path, code, words):
    line = mini.replace(mini.area.notebook, "import math", code)
    refused(mini, tmp_path, line=line, words=words)


def test_a_name_of_ours_in_prose(mini, tmp_path):
    line = mini.replace(mini.area.notebook, "# Think:", "# Compare source_lib.frame_area.")
    refused(mini, tmp_path, line=line, words="the reference library's name")


def test_a_carry_cell_that_asks_for_what_is_not_there(mini, tmp_path):
    line = mini.replace(mini.box.notebook, 'parts=["frame_area"]', 'parts=["frame"]')
    refused(mini, tmp_path, line=line + 1, file=mini.box.notebook, words="asks for 'frame'")


def test_a_carry_cell_from_an_exercise_that_is_not_built_on(mini, tmp_path):
    line = mini.replace(mini.box.notebook, 'source="01_area"', 'source="00_area"')
    refused(mini, tmp_path, line=line + 1, file=mini.box.notebook, words="takes from '00_area'")


def test_one_bad_exercise_keeps_the_good_ones_from_being_written(mini, tmp_path):
    """The first exercise is fine and would be rendered first."""
    line = mini.replace(mini.box.notebook, "print(Box(2))", "print(Box(2))  # ### END SOLUTION")
    refused(mini, tmp_path, line=line, file=mini.box.notebook, words="looks like a solution marker")
