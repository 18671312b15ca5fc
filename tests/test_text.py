"""Texts in the languages they are written in, and numbers of things as a person says them."""

from __future__ import annotations

import pickle

import pytest

from autograder.text import Text, counted

BIAS = Text(en="bias", ja="バイアス")


def test_it_is_read_by_language():
    assert (BIAS["en"], BIAS["ja"]) == ("bias", "バイアス")
    assert BIAS.languages == ("en", "ja")


@pytest.mark.parametrize("text", [Text(ja="バイアス"), Text(en="", ja="バイアス")])
def test_the_first_language_serves_where_one_is_missing(text):
    assert text["en"] == text["fr"] == "バイアス"


def test_a_text_without_a_word_is_false_and_empty_in_every_language():
    assert not Text()
    assert not Text(en="", ja="")
    assert Text()["en"] == ""
    assert BIAS


def test_only_the_languages_of_a_course_stay():
    assert BIAS.only(["ja"]) == Text(ja="バイアス")
    assert BIAS.only(["ja"])["en"] == "バイアス"
    assert Text(en="bias").only(["ja"]) == Text(ja="bias")


def test_it_cannot_be_changed_and_can_be_a_key_and_be_sent():
    with pytest.raises(AttributeError):
        BIAS._entries = ()
    assert {BIAS: 1}[Text(en="bias", ja="バイアス")] == 1
    assert pickle.loads(pickle.dumps(BIAS)) == BIAS


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
