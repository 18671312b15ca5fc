"""What is known about submissions over several runs, and its encoding as hand-ins.json."""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import InvalidHandIns
from autograder.ingest import (
    Discovered,
    NotCounted,
    NotGraded,
    Other,
    Submission,
    Ungraded,
    discover,
)
from autograder.ingest.hand_ins import (
    Gradings,
    HandIn,
    HandIns,
    as_graded,
    updated,
    with_reread,
)
from autograder.ingest.hand_ins_codec import decode, encode
from autograder.ingest.names import student_named

EXERCISES = ("01_single", "02_im2col")
discover_module = sys.modules[
    "autograder.ingest.discover"
]  # the package exports a function of the same name


def hand_in(root: Path, *names: str) -> Path:
    for name in names:
        path = root / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b'{"cells": [{"cell_type": "code", "source": "x"}]}')
    return root / "in"


def keys(found: tuple[HandIn, ...]) -> list[str]:
    return [f"{one.student} {one.exercise}" for one in found]


class TestSeveralRuns:
    def test_what_was_found_is_recorded(self, tmp_path: Path) -> None:
        root = hand_in(tmp_path, "a/02_im2col.ipynb", "a/02_im2col (1).ipynb", "b/x.pdf")
        known = updated(HandIns(), discover([root], EXERCISES, None), None)
        (one,) = known.hand_ins
        assert one.file == str(root.resolve() / "a/02_im2col (1).ipynb")
        assert one.others == (Other("a/02_im2col.ipynb", NotCounted.OLDER),)
        assert [(left.student, left.why) for left in known.ungraded] == [
            ("b", NotGraded.NO_NOTEBOOK)
        ]

    def test_a_file_missing_from_a_searched_folder_is_gone(self, tmp_path: Path) -> None:
        """If ALICE is renamed to alice, the old row disappears."""
        root = hand_in(tmp_path, "ALICE/02_im2col.ipynb", "bob/02_im2col.ipynb")
        known = updated(HandIns(), discover([root], EXERCISES, None), None)
        (root / "ALICE").rename(root / "alice")
        known = updated(known, discover([root], EXERCISES, None), None)
        assert keys(known.hand_ins) == ["alice 02_im2col", "bob 02_im2col"]
        assert keys(known.gone) == ["ALICE 02_im2col"]
        assert known.is_gone("ALICE", "02_im2col")

    def test_a_file_that_comes_back_is_no_longer_gone(self, tmp_path: Path) -> None:
        root = hand_in(tmp_path, "a/02_im2col.ipynb", "b/02_im2col.ipynb")
        first = updated(HandIns(), discover([root], EXERCISES, None), None)
        (root / "a").rename(tmp_path / "away")
        second = updated(first, discover([root], EXERCISES, None), None)
        third = updated(second, discover([root], EXERCISES, None), None)
        assert keys(second.gone) == keys(third.gone) == ["a 02_im2col"]
        (tmp_path / "away").rename(root / "a")
        assert updated(third, discover([root], EXERCISES, None), None) == first

    @pytest.mark.parametrize(
        ("look_at", "exercise"), [("in/b", None), ("elsewhere", None), ("in", "01_single")]
    )
    def test_what_a_run_does_not_search_stays(
        self, tmp_path: Path, look_at: str, exercise: str | None
    ) -> None:
        root = hand_in(tmp_path, "a/02_im2col.ipynb", "b/02_im2col.ipynb", "c/01_single.ipynb")
        known = updated(HandIns(), discover([root], EXERCISES, None), None)
        (tmp_path / "elsewhere" / "d").mkdir(parents=True)
        (root / "a" / "02_im2col.ipynb").unlink()
        found = discover([tmp_path / look_at], EXERCISES, exercise)
        assert updated(known, found, exercise).gone == ()

    def test_files_in_an_unreadable_student_folder_are_not_gone(self) -> None:
        alice = student_named("alice")
        submission = Submission("alice", "02_im2col", Path("/in/alice/x.ipynb"), Path("/in/alice"))
        known = updated(HandIns(), Discovered((submission,), roots=(Path("/in"),)), None)
        closed = Ungraded(alice, Path("/in/alice"), NotGraded.CLOSED, ("Permission denied",))
        after = updated(known, Discovered((), ungraded=(closed,), roots=(Path("/in"),)), None)
        assert keys(after.hand_ins) == ["alice 02_im2col"]
        assert after.gone == ()

    def test_files_in_an_unreadable_exercise_folder_are_not_gone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = hand_in(tmp_path, *(f"{e}/{s}.ipynb" for e in EXERCISES for s in ("ann", "bob")))
        known = updated(HandIns(), discover([root], EXERCISES, None), None)
        original = discover_module.list_entries

        def closed(folder: Path, *rest: Any) -> Any:
            if folder.name == "02_im2col":
                raise PermissionError(13, "Permission denied")
            return original(folder, *rest)

        monkeypatch.setattr(discover_module, "list_entries", closed)
        found = discover([root], EXERCISES, None)
        assert "Permission denied" in found.problems[0]
        assert updated(known, found, None).gone == ()

    def test_warnings_are_kept_in_the_pages_languages_but_for_what_pages_list(
        self, tmp_path: Path
    ) -> None:
        """Several files, and folders that are empty, have a list of their own on the class page."""
        root = hand_in(
            tmp_path, "ann/02_im2col.ipynb", "ann/02_im2col (1).ipynb", "b/01_single.ipynb"
        )
        (root / "empty").mkdir()
        hand_in(tmp_path, "Ann/02_im2col.ipynb")
        found = discover([root], EXERCISES, None)
        assert any("is graded, not" in line for line in found.notices)
        assert any("is empty" in line for line in found.problems)
        known = decode(encode(updated(HandIns(), found, None)))
        (warning,) = known.warnings
        assert warning["en"].startswith("Ann, ann: these names look alike")
        assert "別の受講者として採点" in warning["ja"]

    def test_warnings_of_an_earlier_version_are_read(self) -> None:
        tree = json.loads(encode(HandIns())) | {"warned": [{"text": "old", "roots": ["/in"]}]}
        (warning,) = decode(json.dumps(tree)).warnings
        assert (warning["en"], warning["ja"]) == ("old", "old")

    def test_what_reading_has_shown_is_kept(self, tmp_path: Path) -> None:
        root = hand_in(tmp_path, "a/02_im2col.ipynb")
        found = discover([root], EXERCISES, None)
        known = updated(HandIns(), found, None)
        read = as_graded(known.hand_ins[0], "cp932", "01_single", Gradings(4, ("threads",)))
        known = with_reread(known, {read.key: read})
        assert updated(known, found, None).hand_ins == (read,)
        assert decode(encode(known)) == known
        assert as_graded(read, "cp932", None, None) == read
        assert as_graded(read, "cp932", None, Gradings()).gradings.times == 1

    def test_the_order_of_runs_does_not_matter(self, tmp_path: Path) -> None:
        root = hand_in(tmp_path, "a/02_im2col.ipynb", "b/01_single.ipynb")
        one, two = (discover([root / name], EXERCISES, None) for name in "ab")
        assert updated(updated(HandIns(), one, None), two, None) == updated(
            updated(HandIns(), two, None), one, None
        )


class TestNames:
    def test_display_names_have_no_hash(self, tmp_path: Path) -> None:
        apart = unicodedata.normalize("NFD", "がくせい")
        root = hand_in(tmp_path, f"{apart}/02_im2col.ipynb")
        known = updated(HandIns(), discover([root], EXERCISES, None), None)
        (key,) = known.names
        assert (known.name(key), known.name("bob")) == ("がくせい", "bob")

    def test_equal_display_names_are_shown_with_the_hash(self, tmp_path: Path) -> None:
        name = "がくせい"
        apart = unicodedata.normalize("NFD", name)
        root = hand_in(tmp_path, f"{apart}/02_im2col.ipynb", f"{name}/02_im2col.ipynb")
        known = updated(HandIns(), discover([root], EXERCISES, None), None)
        (key,) = known.names
        assert known.name(key) == key != name


class TestAsText:
    def test_decoding_reverses_encoding(self, tmp_path: Path) -> None:
        root = hand_in(tmp_path, "佐藤/02_im2col.ipynb", "佐藤/02_im2col (1).ipynb", "b/x.pdf")
        known = updated(HandIns(), discover([root], EXERCISES, None), None)
        assert decode(encode(known)) == known
        assert "佐藤" in encode(known)

    @pytest.mark.parametrize(
        "damage",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"[" * 100_000,
            b"\xff",
            b'{"schema_version": 2}',
            b'{"schema_version": 1, "names": [], "hand_ins": [], "ungraded": [], "gone": []}',
            b'{"schema_version": 1, "names": {}, "hand_ins": [1], "ungraded": [], "gone": []}',
            b'{"schema_version": 1, "names": {"a": 1}, "hand_ins": [], "ungraded": [], "gone": []}',
        ],
    )
    def test_damage_is_reported(self, damage: bytes) -> None:
        with pytest.raises(InvalidHandIns):
            decode(damage)

    def test_the_file_is_readable_json(self) -> None:
        tree = json.loads(encode(HandIns(hand_ins=(HandIn("a", "02_im2col", "f"),))))
        assert tree["hand_ins"][0]["student"] == "a"
