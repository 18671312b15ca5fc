"""Numbers of things, as a person says them."""

import pytest

from autograder.text import counted


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (0, ("notebook",), "0 notebooks"),
        (1, ("notebook",), "1 notebook"),
        (2, ("notebook",), "2 notebooks"),
        (1, ("claim holds", "claims hold"), "1 claim holds"),
        (9, ("claim holds", "claims hold"), "9 claims hold"),
    ],
)
def test_one_is_told_from_many(number, words, said):
    assert counted(number, *words) == said
