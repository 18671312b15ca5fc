"""The newest of several submissions counts, and all others are reported."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autograder.ingest import (
    Discovered,
    Handout,
    Handouts,
    NotCounted,
    NotGraded,
    discover,
    recognize,
)

EXERCISES = ("01_single", "02_im2col", "03_convolution")
STUB = "def im2col(x):\n    raise NotImplementedError"
HANDOUTS = Handouts(
    lambda: (
        Handout("01_single", frozenset({"f"}), frozenset({"f"})),
        Handout(
            "02_im2col",
            frozenset({"im2col", "setup"}),
            frozenset({"im2col"}),
            frozenset({STUB}),
        ),
        Handout(
            "03_convolution",
            frozenset({"conv", "setup"}),
            frozenset({"Convolution"}),
        ),
    )
)
WORK = "def im2col(x):\n    return x"


def book(*sources: str, **fields: object) -> bytes:
    cells = [{"cell_type": "code", "source": source, **fields} for source in sources]
    return json.dumps({"cells": cells}).encode()


def found(root: Path, files: dict[str, bytes], exercise: str | None = None) -> Discovered:
    for number, (name, content) in enumerate(files.items()):
        path = root / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (10**9 - number, 10**9 - number))  # the first one is the newest by its time
    return discover([root / "in"], EXERCISES, exercise, handouts=HANDOUTS)


def chosen(result: Discovered, root: Path) -> tuple[str, dict[str, NotCounted]]:
    (only,) = result.submissions
    return (
        str(only.path.relative_to(root / "in")),
        {other.file: other.why for other in only.others},
    )


@pytest.mark.parametrize(
    ("newest", "older"),
    [
        ("02_im2col (1).ipynb", ["02_im2col.ipynb"]),
        ("02_im2col (10).ipynb", ["02_im2col (9).ipynb", "02_im2col.ipynb"]),
        ("02_im2col-Copy1.ipynb", ["02_im2col.ipynb"]),
        ("02_im2col_v2.ipynb", ["02_im2col_v1.ipynb", "02_im2col.ipynb"]),
        ("02_im2col_final.ipynb", ["02_im2col_v2.ipynb", "02_im2col.ipynb"]),
        ("attempt 10/02_im2col.ipynb", ["attempt 9/02_im2col.ipynb", "attempt 1/final.ipynb"]),
        ("02_im2col/attempt 2/x.ipynb", ["02_im2col/attempt 1/x.ipynb"]),
        ("02_im2col/02_im2col.ipynb", ["02_im2col/old/02_im2col.ipynb"]),
        ("02_im2col/02_im2col.ipynb", ["02_im2col/scratch book.ipynb"]),
        ("02_im2col/02_im2col.ipynb", ["02_im2col/02_im2col-checkpoint.ipynb"]),
        ("２回目/02_im2col.ipynb", ["１回目/02_im2col.ipynb"]),
    ],
)
def test_the_newest_by_name(tmp_path: Path, newest: str, older: list[str]) -> None:
    files = [*older, newest]  # their times are in the opposite order
    result = found(tmp_path, {f"taro/{name}": book(WORK) for name in files})
    file, others = chosen(result, tmp_path)
    assert file == f"taro/{newest}"
    assert others == {f"taro/{name}": NotCounted.OLDER for name in older}
    (notice,) = result.notices
    assert all(name in notice for name in files)
    assert result.problems == ()


def test_otherwise_the_modification_time_decides(tmp_path: Path) -> None:
    files = {"taro/02_im2col/b.ipynb": book(WORK), "taro/02_im2col/a.ipynb": book(WORK)}
    assert chosen(found(tmp_path, files), tmp_path)[0] == "taro/02_im2col/b.ipynb"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04", NotCounted.UNREADABLE),
        (book(WORK)[:20], NotCounted.UNREADABLE),
        (book(STUB), NotCounted.UNTOUCHED),
        (book(), NotCounted.UNTOUCHED),
        (book("def f(x):\n    return x"), NotCounted.OTHER_EXERCISE),
    ],
    ids=["zip", "cut off", "handout", "empty", "another exercise"],
)
def test_a_notebook_with_work_counts_before_a_newer_one_without(
    tmp_path: Path, content: bytes, why: NotCounted
) -> None:
    files = {"taro/02_im2col (1).ipynb": content, "taro/02_im2col.ipynb": book(WORK)}
    assert chosen(found(tmp_path, files), tmp_path) == (
        "taro/02_im2col.ipynb",
        {"taro/02_im2col (1).ipynb": why},
    )


@pytest.mark.parametrize(
    "own",
    [WORK, "im2col = lambda x: x", "from shared import (im2col, col2im)"],
    ids=["defined", "assigned", "imported"],
)
def test_a_notebook_for_several_exercises_is_of_none_of_them_alone(
    tmp_path: Path, own: str
) -> None:
    both = book(own, "class Convolution:\n    pass")
    files = {"taro/02_im2col (1).ipynb": both, "taro/02_im2col.ipynb": book(WORK)}
    assert chosen(found(tmp_path, files), tmp_path)[0] == "taro/02_im2col (1).ipynb"


def test_an_untouched_handout_next_to_a_second_download_with_work(tmp_path: Path) -> None:
    files = {"taro/02_im2col/02_im2col.ipynb": book(STUB)}
    files["taro/02_im2col/02_im2col (1).ipynb"] = book(WORK)
    file, others = chosen(found(tmp_path, files), tmp_path)
    assert file == "taro/02_im2col/02_im2col (1).ipynb"
    assert others == {"taro/02_im2col/02_im2col.ipynb": NotCounted.UNTOUCHED}


def test_a_file_with_the_same_name_as_the_notebook_is_reported(tmp_path: Path) -> None:
    files = {f"taro/02_im2col.{suffix}": b"?" for suffix in ("py", "pdf", "zip")}
    files |= {"taro/02_im2col.ipynb": book(WORK), "taro/helpers.py": b"?"}
    assert chosen(found(tmp_path, files), tmp_path) == (
        "taro/02_im2col.ipynb",
        {f"taro/02_im2col.{suffix}": NotCounted.NO_NOTEBOOK for suffix in ("py", "pdf", "zip")},
    )


def test_several_files_in_a_flat_class(tmp_path: Path) -> None:
    files = {"alice.pdf": b"%PDF", "alice.ipynb": book(WORK), "bob.ipynb": book(WORK)}
    alice, bob = found(tmp_path, files, "02_im2col").submissions
    assert [(other.file, other.why) for other in alice.others] == [
        ("alice.pdf", NotCounted.NO_NOTEBOOK)
    ]
    assert bob.others == ()


def test_a_copy_next_to_another_students_file_is_not_theirs(tmp_path: Path) -> None:
    files = {"alice.ipynb": book(WORK), "alice (1).ipynb": book("x = 1")}
    result = found(tmp_path, files, "02_im2col")
    assert [s.student for s in result.submissions] == ["alice", "alice (1)"]


class TestRecognized:
    @pytest.mark.parametrize(
        ("content", "exercise"),
        [
            (book("x = 1", id="02_im2col-im2col"), "02_im2col"),
            (book("x = 1", metadata={"nbgrader": {"grade_id": "conv"}}), "03_convolution"),
            (book("x = 1", metadata={"name": "im2col"}), "02_im2col"),
            (book("def im2col(a):\n    return a"), "02_im2col"),
            (book("def im2col(a): ...", "class Convolution:\n    pass"), "03_convolution"),
            (b'{"metadata": {"convkit": {"exercise": "01_single"}}, "cells": []}', "01_single"),
        ],
        ids=["cell id", "grade id", "name", "function", "later part", "metadata"],
    )
    def test_by_content(self, tmp_path: Path, content: bytes, exercise: str) -> None:
        result = found(
            tmp_path, {"taro/Untitled(1).ipynb": content, "ume/02_im2col.ipynb": content}
        )
        assert [(s.student, s.exercise) for s in result.submissions] == [
            ("taro", exercise),
            ("ume", "02_im2col"),
        ]

    def test_a_flat_class_then_needs_no_option(self, tmp_path: Path) -> None:
        result = found(tmp_path, {"alice.ipynb": book(WORK), "bob.ipynb": book(WORK)})
        assert [(s.student, s.exercise) for s in result.submissions] == [
            ("alice", "02_im2col"),
            ("bob", "02_im2col"),
        ]

    def test_cell_names_shared_by_two_handouts_do_not_count(self, tmp_path: Path) -> None:
        files = {"taro/Untitled.ipynb": book("x = 1", metadata={"name": "setup"})}
        result = found(tmp_path, {**files, "ume/02_im2col.ipynb": book(WORK)})
        assert [u.student.key for u in result.ungraded] == ["taro"]

    def test_only_a_few_are_opened(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recognize, "MAX_INSPECTED", 3)
        opened: list[Path] = []

        def read(path: Path, _inside: Path) -> None:
            opened.append(path)
            raise OSError

        monkeypatch.setattr(recognize, "read_notebook", read)
        files = {f"taro/Untitled{n}.ipynb": book("x") for n in range(10)}
        found(tmp_path, {**files, "ume/02_im2col.ipynb": book(WORK)})
        assert len(opened) == 3


class TestUngraded:
    def test_a_student_with_nothing_gradable_is_reported(self, tmp_path: Path) -> None:
        files = {
            "alice/02_im2col.ipynb": book(WORK),
            "bob/mystery.ipynb": book("x = 1"),
            "cy/answer.pdf": b"%PDF",
        }
        (tmp_path / "in" / "dan").mkdir(parents=True)
        result = found(tmp_path, files)
        assert [(u.student.key, u.why, u.files) for u in result.ungraded] == [
            ("bob", NotGraded.WHICH_EXERCISE, ("mystery.ipynb",)),
            ("cy", NotGraded.NO_NOTEBOOK, ("answer.pdf",)),
            ("dan", NotGraded.EMPTY_FOLDER, ()),
        ]
        assert result.ungraded_students == result.ungraded
        assert len(result.problems) == 3
        assert sum("--exercise ID" in problem for problem in result.problems) == 1

    def test_a_notebook_of_unknown_exercise_next_to_others_is_reported(
        self, tmp_path: Path
    ) -> None:
        files = {"taro/02_im2col.ipynb": book(WORK), "taro/playground.ipynb": book("x = 1")}
        result = found(tmp_path, {**files, "ume/02_im2col.ipynb": book(WORK)})
        assert result.problems == ()
        assert "playground.ipynb" in result.notices[0]
        (stray,) = result.ungraded
        assert (stray.student.key, stray.files) == ("taro", ("playground.ipynb",))
        assert result.ungraded_students == ()


def test_a_notebook_in_the_folder_of_another_exercise(tmp_path: Path) -> None:
    """If it is the only one, it counts for the folder's exercise, otherwise for its own."""
    alone = found(
        tmp_path / "1", {"taro/02_im2col/03_convolution.ipynb": book(WORK), "u/x.py": b""}
    )
    assert [s.exercise for s in alone.submissions] == ["02_im2col"]
    files = {f"taro/02_im2col/{name}.ipynb": book(WORK) for name in ("02_im2col", "03_convolution")}
    both = found(tmp_path / "2", {**files, "ume/01_single.ipynb": book(WORK)})
    assert [s.exercise for s in both.submissions if s.student == "taro"] == [
        "02_im2col",
        "03_convolution",
    ]


def test_a_file_shared_by_two_students_is_reported(tmp_path: Path) -> None:
    found(tmp_path, {"alice.ipynb": book(WORK)}, "02_im2col")
    os.link(tmp_path / "in" / "alice.ipynb", tmp_path / "in" / "mallory.ipynb")
    result = discover([tmp_path / "in"], EXERCISES, "02_im2col")
    assert len(result.submissions) == 2
    assert result.notices == (
        "alice, mallory: handed in the same file on disk (a hard link), not copies of it",
    )
