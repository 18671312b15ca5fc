"""Percent scripts without jupytext: the cells that jupytext reads, or an error that says why."""

from pathlib import Path

import jupytext
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.course.percent import read_percent
from autograder.errors import CourseError
from tests.paths import ROOT

COURSE = ROOT / "solutions"
FILE = Path("notebook.py")


def ours(text):
    return [(cell.kind, dict(cell.options), cell.source) for cell in read_percent(text, FILE)]


def theirs(text):
    """As jupytext reads it, without its notes about blank lines."""
    return [
        (
            cell.cell_type,
            {k: v for k, v in cell.metadata.items() if not k.startswith("lines_to_")},
            cell.source,
        )
        for cell in jupytext.reads(text, fmt="py:percent").cells
    ]


@pytest.mark.parametrize(
    "notebook", sorted(COURSE.glob("*/notebook.py")), ids=lambda p: p.parent.name
)
def test_the_course_is_read_as_jupytext_reads_it(notebook):
    text = notebook.read_text(encoding="utf-8")
    cells = read_percent(text, notebook)
    assert ours(text) == theirs(text)
    lines = text.split("\n")
    assert all(lines[cell.line - 1].startswith("# %%") for cell in cells)


LINES = st.sampled_from(
    [
        *("# %%", "#%%", '# %% name="a" tags=["demo"]', """# %% tags=['demo']  name = "b = c" """),
        *('# %% [markdown] lang="en"', "# %% [markdown]", "# %% [raw]", '# %% a title name="x"'),
        *('# %% name="x" name="y"', '# %% {"name": "x"}', "# %%[markdown]", "# %%%", "# In[3]:"),
        *("  # %%", "# text", "#text", "## text", "# # Heading", "# # Why?", "# why?", "# copy it"),
        *("# # copy it", "# %matplotlib inline", "# !ls", "# x = !ls", "# # + plus"),
        *("# ```", "# ```python", "# ~~~~", "# ---", "# jupyter:", "#   a: 1"),
        *("#!/usr/bin/env python", "# -*- coding: utf-8 -*-", "", "   ", "x = 1"),
        *('x = ("a"', '     "b")', "def f():", "    return 1  # here"),
        *('s = """', '"""', "t = f'''", "'''"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(LINES, max_size=6), st.booleans())
@example(['s = ("a"', '# %% name="a"', '"b")'], True)
@example(["", "# %%", "x = 1", "", "", ""], True)
@example(["x = 1", "", "", "# %%", "y = 2", "   "], False)
@example(["# %% [markdown]", "# ```", '# %% name="a"', "# ```"], True)
@example(["x = 1\x0cy = 2"], True)
@example(["# ---", "# text", "# ---", "# %%"], False)
@example(["# ---", "# jupyter:", "#   a: 1", "# ---", "# %%"], False)
@example(["# ---", "# jupyter:", "# text", "# ---", "# %%"], False)
def test_any_script_is_read_as_jupytext_reads_it_or_not_at_all(lines, begun):
    text = "\n".join(['# %% name="first" tags=["demo"]', *lines] if begun else lines)
    try:
        found = ours(text)
    except CourseError:
        return
    assert found == theirs(text)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("  # %% x", "looks like a cell marker"),
        ("# %%[markdown]", "looks like a cell marker"),
        ("# In[3]:", "looks like a cell marker"),
        ("# %matplotlib inline", "(as a magic?)"),
        ("# why?", "(as a magic?)"),
        ('# %% title name="x"', "`title` on a cell's `# %%` line is not a valid option"),
        ('# %% name="x" name="y"', "the option 'name' is given twice"),
        ('# %% [markdown] lang="en"\nx = 1', "`x = 1` in a prose cell is not a comment"),
        ('# %% [markdown] lang="en"\n# # Why?', "the heading `# Why?`"),
        ('# %% [markdown] lang="en"\n# ```python', "starts with ``` is not closed"),
        ("x = 1\x0c", "a character that only some programs treat as a line break"),
    ],
)  # fmt: skip
def test_what_jupytext_would_read_otherwise_is_an_error_with_its_line(line, words):
    text = f'# %% name="first" tags=["demo"]\npass\n{line}\n'
    with pytest.raises(CourseError) as caught:
        read_percent(text, FILE)
    assert words in str(caught.value)
    assert caught.value.line in (3, 4)


def test_comments_that_only_look_like_magics_are_kept():
    text = '# %% name="a"\n# 50 % of it, so what? copy it\ns = """\n# %matplotlib\n"""\n'
    assert ours(text) == theirs(text) == [("code", {"name": "a"}, text.partition("\n")[2].strip())]


def test_a_script_without_cells():
    with pytest.raises(CourseError, match="has no cell"):
        read_percent("x = 1\n", FILE)
