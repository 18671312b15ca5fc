"""A name makes one key: fit for a folder, the same in every run, and no other name's."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.ingest.names import Student, alike, readable, student

# What a name on disk can be: any bytes but a slash and NUL.
names = st.one_of(
    st.binary(min_size=1, max_size=255).map(lambda raw: raw.translate(None, b"/\0")),
    st.text(min_size=1, max_size=60).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(["alice", "ALICE", " alice", "alice.", "佐藤", "加藤"]).map(str.encode),
).filter(lambda raw: raw.translate(None, b"/\0") not in (b"", b".", b".."))


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(raw=names)
def test_any_name_on_disk_makes_a_folders_name(raw: bytes) -> None:
    one = student(os.fsdecode(raw.translate(None, b"/\0")))
    for text in (one.key, one.name):
        assert text.encode()
        assert len(text.encode()) <= 200
        assert text not in ("", ".", "..")
        assert not set(text) & set('/\\:*?"<>|\0\n\x1b')
        assert text.isprintable()
        assert text == unicodedata.normalize("NFC", text)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(one=names, other=names)
def test_two_names_make_two_keys(one: bytes, other: bytes) -> None:
    one, other = one.translate(None, b"/\0"), other.translate(None, b"/\0")
    same = student(os.fsdecode(one)).key == student(os.fsdecode(other)).key
    assert same is (one == other)


def test_nobody_takes_a_key_by_writing_its_hash() -> None:
    victim = student(" alice").key
    assert victim.startswith("alice-")
    assert student(victim).key != victim


@pytest.mark.parametrize("name", ["Alice", "ALICE", "aLice", "Ärger"])
def test_where_capitals_do_not_count_names_with_capitals_get_a_hash(name: str) -> None:
    assert student(name).key == name
    folded = student(name, fold_case=True)
    assert folded.key.startswith(f"{name}-")
    assert folded.key.casefold() != student(name.casefold(), fold_case=True).key
    assert student(name.casefold(), fold_case=True).key == name.casefold()


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (unicodedata.normalize("NFD", "がくせい"), "がくせい"),
        (os.fsdecode("佐藤".encode("cp932")), "佐藤"),
        (os.fsdecode("Müßig".encode("latin-1")), "Müßig"),
    ],
)
def test_where_only_the_encoding_differs_people_see_no_hash(raw: str, name: str) -> None:
    assert student(raw).name == name
    assert student(raw).key.startswith(f"{name}-")


@pytest.mark.parametrize("raw", [" alice", "alice\u200b", "a\nb", "a?b", "x" * 300])
def test_where_a_reader_could_take_one_for_another_they_see_it(raw: str) -> None:
    assert student(raw).name == student(raw).key


def test_names_that_look_alike_are_grouped() -> None:
    people = [student(name) for name in ("alice", "ALICE", " alice", "Ａlice", "bob", "b ob", "cy")]
    groups = [{one.name.split("-")[0].strip() for one in group} for group in alike(people)]
    assert groups == [{"alice", "ALICE", "Ａlice"}, {"bob", "b ob"}]
    assert alike([Student("cy", "cy")] * 2) == []


def test_a_path_is_read_part_by_part() -> None:
    path = "学籍".encode("euc_jp") + b"/" + "佐藤".encode("cp932") + b"/a.ipynb"
    assert readable(os.fsdecode(path)) == "学籍/佐藤/a.ipynb"
