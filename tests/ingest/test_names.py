"""A name gives one key: a valid folder name, stable between runs, and unique to the name."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.ingest.names import Student, lookalikes, readable, student_named

# A name on disk: any bytes but a slash and NUL.
names = st.one_of(
    st.binary(min_size=1, max_size=255).map(lambda raw: raw.translate(None, b"/\0")),
    st.text(min_size=1, max_size=60).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(["alice", "ALICE", " alice", "alice.", "佐藤", "加藤"]).map(str.encode),
).filter(lambda raw: raw.translate(None, b"/\0") not in (b"", b".", b".."))


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(raw=names)
def test_any_file_name_gives_a_valid_folder_name(raw: bytes) -> None:
    one = student_named(os.fsdecode(raw.translate(None, b"/\0")))
    for text in (one.key, one.name):
        assert text.encode()
        assert len(text.encode()) <= 200
        assert text not in ("", ".", "..")
        assert not set(text) & set('/\\:*?"<>|\0\n\x1b')
        assert text.isprintable()
        assert text == unicodedata.normalize("NFC", text)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(one=names, other=names)
def test_different_names_give_different_keys(one: bytes, other: bytes) -> None:
    one, other = one.translate(None, b"/\0"), other.translate(None, b"/\0")
    same = student_named(os.fsdecode(one)).key == student_named(os.fsdecode(other)).key
    assert same is (one == other)


def test_a_name_that_imitates_a_key_gets_another_key() -> None:
    victim = student_named(" alice").key
    assert victim.startswith("alice-")
    assert student_named(victim).key != victim


@pytest.mark.parametrize("name", ["Alice", "ALICE", "aLice", "Ärger"])
def test_on_case_insensitive_file_systems_names_with_capitals_get_a_hash(name: str) -> None:
    assert student_named(name).key == name
    folded = student_named(name, fold_case=True)
    assert folded.key.startswith(f"{name}-")
    assert folded.key.casefold() != student_named(name.casefold(), fold_case=True).key
    assert student_named(name.casefold(), fold_case=True).key == name.casefold()


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (unicodedata.normalize("NFD", "がくせい"), "がくせい"),
        (os.fsdecode("佐藤".encode("cp932")), "佐藤"),
        (os.fsdecode("Müßig".encode("latin-1")), "Müßig"),
    ],
)
def test_the_hash_is_hidden_if_only_the_encoding_differs(raw: str, name: str) -> None:
    assert student_named(raw).name == name
    assert student_named(raw).key.startswith(f"{name}-")


@pytest.mark.parametrize("raw", [" alice", "alice\u200b", "a\nb", "a?b", "x" * 300])
def test_the_hash_is_shown_if_names_could_be_confused(raw: str) -> None:
    assert student_named(raw).name == student_named(raw).key


def test_names_that_look_alike_are_grouped() -> None:
    people = [
        student_named(name) for name in ("alice", "ALICE", " alice", "Ａlice", "bob", "b ob", "cy")
    ]
    groups = [{one.name.split("-")[0].strip() for one in group} for group in lookalikes(people)]
    assert groups == [{"alice", "ALICE", "Ａlice"}, {"bob", "b ob"}]
    assert lookalikes([Student("cy", "cy")] * 2) == []


def test_each_component_of_a_path_is_decoded_separately() -> None:
    path = "学籍".encode("euc_jp") + b"/" + "佐藤".encode("cp932") + b"/a.ipynb"
    assert readable(os.fsdecode(path)) == "学籍/佐藤/a.ipynb"
