"""A part's source out of its stub cell, and another in its place."""

from __future__ import annotations

import pytest

from autograder.course.part_source import part_source, with_part

CELL = '''\
RATE = 2


@decorated
def rate(x):
    """Docstring."""
    ### BEGIN SOLUTION
    # why
    text = """
as it is"""
    return RATE * x
    ### END SOLUTION


class Box:
    def rate(self):
        return 1

    def volume(self, depth):
        """Volume.

        Of the box.
        """
        given = 1
        ### BEGIN SOLUTION
        if depth:
            given = depth
        ### END SOLUTION
        return given

    def empty(self):
        """Only a docstring."""'''

RATE = '''\
@decorated
def rate(x):
    # why
    text = """
as it is"""
    return RATE * x
'''

VOLUME = """\
def volume(self, depth):
    given = 1
    if depth:
        given = depth
    return given
"""


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("rate", RATE),
        ("Box.volume", VOLUME),
        ("Box.rate", "def rate(self):\n    return 1\n"),
        ("Box.empty", 'def empty(self):\n    """Only a docstring."""\n'),
    ],
)
def test_its_source_has_no_docstring_no_markers_and_no_indentation(part, source):
    assert part_source(CELL, part) == source


@pytest.mark.parametrize("part", ["rate", "Box.volume", "Box.rate", "Box.empty"])
def test_what_is_put_in_its_place_comes_out_again_and_nothing_else_changes(part):
    other = f"def {part.rpartition('.')[2]}(self):\n    x = 1\n\n    return x\n"
    changed = with_part(CELL, part, other)
    compile(changed, "cell", "exec")
    assert part_source(changed, part) == other
    others = {"rate", "Box.volume", "Box.rate", "Box.empty"} - {part}
    for each in others:
        assert part_source(changed, each) == part_source(CELL, each)
    assert changed.count("BEGIN SOLUTION") == changed.count("END SOLUTION")
    assert changed.startswith("RATE = 2\n")


@pytest.mark.parametrize("part", ["volume", "Box", "Box.height", "Crate.volume", "text"])
def test_what_the_cell_does_not_define_is_no_part_of_it(part):
    with pytest.raises(KeyError, match=part):
        part_source(CELL, part)
    with pytest.raises(KeyError, match=part):
        with_part(CELL, part, RATE)
