"""Which decision counts: the one that is new, and neither if both are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.gradebook.entries import NO_WORD, Word
from autograder.gradebook.merge import merge

THREE = Word(3.0)
FOUR = Word(4.0)
SAID = Word(None, "See me.")

WORDS = st.builds(Word, st.sampled_from([None, 0.0, 1.0, 2.5]), st.sampled_from(["", "a", "b"]))


@pytest.mark.parametrize(
    ("last", "ours", "theirs", "counts"),
    [
        pytest.param(NO_WORD, NO_WORD, THREE, THREE, id="new in the gradebook"),
        pytest.param(NO_WORD, THREE, NO_WORD, THREE, id="new in corrections.csv"),
        pytest.param(THREE, THREE, FOUR, FOUR, id="changed in the gradebook"),
        pytest.param(THREE, FOUR, THREE, FOUR, id="changed in corrections.csv"),
        pytest.param(THREE, THREE, NO_WORD, NO_WORD, id="taken back in the gradebook"),
        pytest.param(THREE, NO_WORD, THREE, NO_WORD, id="taken back in corrections.csv"),
        pytest.param(NO_WORD, FOUR, FOUR, FOUR, id="the same in both"),
        pytest.param(NO_WORD, THREE, SAID, Word(3.0, "See me."), id="points here, a comment there"),
    ],
)
def test_what_is_new_counts(last: Word, ours: Word, theirs: Word, counts: Word) -> None:
    merged = merge(last, ours, theirs)
    assert (merged.word, merged.conflict) == (counts, False)


def test_two_new_decisions_are_a_conflict() -> None:
    merged = merge(NO_WORD, THREE, FOUR)
    assert (merged.word, merged.conflict) == (THREE, True)


@given(last=WORDS, ours=WORDS, theirs=WORDS)
def test_once_agreed_nothing_changes(last: Word, ours: Word, theirs: Word) -> None:
    merged = merge(last, ours, theirs)
    if not merged.conflict:
        again = merge(merged.word, merged.word, merged.word)
        assert (again.word, again.conflict) == (merged.word, False)


@given(last=WORDS, ours=WORDS, theirs=WORDS)
def test_both_sides_are_treated_alike(last: Word, ours: Word, theirs: Word) -> None:
    one, other = merge(last, ours, theirs), merge(last, theirs, ours)
    assert one.conflict == other.conflict
    assert one.conflict or one.word == other.word
