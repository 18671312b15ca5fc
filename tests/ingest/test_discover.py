"""Every layout that instructors use is recognized, and anything unassignable is reported."""

from __future__ import annotations

import inspect
import os
import sys
import unicodedata
from collections.abc import Collection
from pathlib import Path

import pytest

from autograder.errors import UnreadableSubmission
from autograder.ingest import (
    Discovered,
    NotCounted,
    NotGraded,
    Submission,
    discover,
    filenames,
    read_notebook,
    student_folder,
)
from autograder.ingest.filenames import ParsedName
from autograder.ingest.hand_ins import HandIns, updated
from tests.permissions import locked

EXERCISES = ("01_single", "02_im2col", "03_convolution")
BOOK = b'{"cells": []}'


def make(root: Path, *names: str) -> Path:
    """Create files (with a suffix) and folders (with a trailing slash) below ``root``."""
    for name in names:
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(BOOK)
    return root


def found(*paths: Path, exercise: str | None = None) -> Discovered:
    return discover(paths, EXERCISES, exercise)


def placed(result: Discovered, root: Path) -> dict[str, str]:
    """``student exercise`` → the file, relative to ``root``."""
    return {
        f"{s.student} {s.exercise}": str(s.path.relative_to(root.resolve()))
        for s in result.submissions
    }


class TestOneNotebook:
    def test_its_name_is_the_student_and_the_option_the_exercise(self, tmp_path: Path) -> None:
        root = make(tmp_path / "in", "seed_003.ipynb")
        result = found(root / "seed_003.ipynb", exercise="02_im2col")
        assert placed(result, root) == {"seed_003 02_im2col": "seed_003.ipynb"}

    def test_its_name_may_be_the_exercise_and_its_folder_the_student(self, tmp_path: Path) -> None:
        root = make(tmp_path, "alice/02_im2col.ipynb", "bob/02_im2col/final.ipynb")
        result = found(root / "alice/02_im2col.ipynb", root / "bob/02_im2col/final.ipynb")
        assert placed(result, root) == {
            "alice 02_im2col": "alice/02_im2col.ipynb",
            "bob 02_im2col": "bob/02_im2col/final.ipynb",
        }

    def test_the_name_of_a_copy_still_gives_the_exercise(self, tmp_path: Path) -> None:
        root = make(tmp_path, "alice/Copy of 02_im2col (1).ipynb")
        (only,) = found(root / "alice/Copy of 02_im2col (1).ipynb").submissions
        assert only.exercise == "02_im2col"

    def test_an_unknown_exercise_is_asked_for(self, tmp_path: Path) -> None:
        result = found(make(tmp_path, "homework.ipynb") / "homework.ipynb")
        assert not result.submissions
        (problem,) = result.problems
        assert "--exercise" in problem
        assert "02_im2col" in problem

    def test_a_path_with_dots_is_resolved(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = make(tmp_path, "alice/02_im2col.ipynb", "bob/")
        monkeypatch.chdir(root / "bob")
        result = found(
            Path("../alice/02_im2col.ipynb"), Path("../bob/../alice"), Path("../alice/.")
        )
        assert [s.student for s in result.submissions] == ["alice"]
        assert result.problems == ()


class TestAFolderOfNotebooks:
    def test_each_notebook_is_a_student(self, tmp_path: Path) -> None:
        root = make(tmp_path / "in", "alice.ipynb", "bob.ipynb", "山田 太郎.ipynb")
        assert placed(found(root, exercise="02_im2col"), root) == {
            "alice 02_im2col": "alice.ipynb",
            "bob 02_im2col": "bob.ipynb",
            "山田 太郎 02_im2col": "山田 太郎.ipynb",
        }

    def test_the_exercise_is_asked_for_once(self, tmp_path: Path) -> None:
        result = found(make(tmp_path / "in", *(f"s{n}.ipynb" for n in range(40))))
        assert not result.submissions
        assert len(result.problems) == 1
        assert "--exercise" in result.problems[0]

    def test_a_notebook_that_was_not_renamed_hides_no_student(self, tmp_path: Path) -> None:
        root = make(tmp_path / "in", "02_im2col.ipynb", "alice.ipynb", "bob.ipynb")
        result = found(root, exercise="02_im2col")
        assert {s.student for s in result.submissions} == {"02_im2col", "alice", "bob"}

    def test_a_folder_named_like_the_exercise_is_a_class(self, tmp_path: Path) -> None:
        root = make(tmp_path / "02_im2col", "alice.ipynb", "bob.ipynb")
        result = found(root, exercise="02_im2col")
        assert {s.student for s in result.submissions} == {"alice", "bob"}

    def test_suffixes_changed_by_browsers_and_old_systems(self, tmp_path: Path) -> None:
        root = make(tmp_path / "in", "a.IPYNB", "b.ipynb.txt", "c.ipynb.json")
        result = found(root, exercise="02_im2col")
        assert [s.student for s in result.submissions] == ["a", "b", "c"]

    def test_a_file_of_another_type_is_an_unreadable_submission(self, tmp_path: Path) -> None:
        root = make(
            tmp_path / "in", "alice.ipynb", "alice.pdf", "bob.py", "grades.csv", "README.md"
        )
        result = found(root, exercise="02_im2col")
        assert [s.student for s in result.submissions] == ["alice", "bob"]
        assert result.problems == ()

    def test_files_of_the_system_are_ignored(self, tmp_path: Path) -> None:
        names = ["alice.ipynb", "._alice.ipynb", ".DS_Store", ".ipynb_checkpoints/alice.ipynb"]
        root = make(tmp_path / "in", *names, "__MACOSX/._alice.ipynb")
        result = found(root, exercise="02_im2col")
        assert [s.student for s in result.submissions] == ["alice"]
        assert result.problems == ()

    def test_a_name_may_begin_with_a_dot(self, tmp_path: Path) -> None:
        root = make(tmp_path / "in", "..ipynb", "..alice.ipynb", ".ipynb")
        result = found(root, exercise="02_im2col")
        assert len(result.submissions) == 3
        assert all(not s.student.startswith(".") and s.student for s in result.submissions)

    def test_a_folder_named_like_a_notebook_is_searched(self, tmp_path: Path) -> None:
        root = make(tmp_path / "in", "alice.ipynb/alice.ipynb", "bob.ipynb/")
        assert placed(found(root, exercise="02_im2col"), root) == {
            "alice 02_im2col": "alice.ipynb/alice.ipynb",
            "bob 02_im2col": "bob.ipynb",
        }

    def test_a_folder_of_data_is_reported(self, tmp_path: Path) -> None:
        root = make(tmp_path / "in", "alice.ipynb", "data/picture.png")
        result = found(root, exercise="02_im2col")
        assert [s.student for s in result.submissions] == ["alice"]
        assert "data" in result.notices[0]
        assert result.problems == ()

    def test_a_student_folder_without_a_notebook_is_not_mistaken_for_data(
        self, tmp_path: Path
    ) -> None:
        root = make(tmp_path, "a.ipynb", "ben/02_im2col.ipynb/", "chloé/02_im2col/")
        result = found(root, exercise="02_im2col")
        assert placed(result, root) == {
            "a 02_im2col": "a.ipynb",
            "ben 02_im2col": "ben/02_im2col.ipynb",
            "chloé 02_im2col": "chloé/02_im2col",
        }


class TestFoldersOfStudents:
    def test_nbgrader_layout(self, tmp_path: Path) -> None:
        root = make(
            tmp_path / "submitted",
            "alice/02_im2col/02_im2col.ipynb",
            "alice/02_im2col/timestamp.txt",
            "alice/03_convolution/03_convolution.ipynb",
            "bob/02_im2col/attempt 2/work.ipynb",
        )
        result = found(root)
        assert placed(result, root) == {
            "alice 02_im2col": "alice/02_im2col/02_im2col.ipynb",
            "alice 03_convolution": "alice/03_convolution/03_convolution.ipynb",
            "bob 02_im2col": "bob/02_im2col/attempt 2/work.ipynb",
        }
        assert result.problems == ()

    def test_a_notebook_may_be_directly_in_the_students_folder(self, tmp_path: Path) -> None:
        root = make(tmp_path / "submitted", "alice/02_im2col.ipynb")
        assert placed(found(root), root) == {"alice 02_im2col": "alice/02_im2col.ipynb"}

    def test_the_option_selects_one_exercise(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "a/02_im2col/x.ipynb", "a/03_convolution/y.ipynb")
        result = found(root, exercise="03_convolution")
        assert placed(result, root) == {"a 03_convolution": "a/03_convolution/y.ipynb"}

    def test_a_student_without_a_submission_has_no_result(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "a/02_im2col/x.ipynb", "b/03_convolution/y.ipynb")
        result = found(root, exercise="03_convolution")
        assert [s.student for s in result.submissions] == ["b"]

    def test_copies_are_recognized(self, tmp_path: Path) -> None:
        root = make(
            tmp_path / "s",
            "a/Copy of 02_im2col.ipynb",
            "b/02_im2col-Copy1.ipynb",
            "c/03_convolution.ipynb",
            "c/02_im2col のコピー.ipynb",
        )
        result = found(root)
        assert set(placed(result, root)) == {
            "a 02_im2col", "b 02_im2col", "c 02_im2col", "c 03_convolution",
        }  # fmt: skip
        assert result.problems == ()

    def test_the_file_named_like_the_exercise_counts(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "a/02_im2col/02_im2col.ipynb", "a/02_im2col/scratch.ipynb")
        result = found(root)
        assert placed(result, root) == {"a 02_im2col": "a/02_im2col/02_im2col.ipynb"}
        assert "scratch.ipynb (older)" in result.notices[0]

    def test_without_such_a_name_the_choice_is_reported(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "a/02_im2col/new.ipynb", "a/02_im2col/old.ipynb")
        result = found(root)
        assert placed(result, root) == {"a 02_im2col": "a/02_im2col/new.ipynb"}
        (notice,) = result.notices
        assert "new.ipynb is graded, not a/02_im2col/old.ipynb (older)" in notice
        assert result.problems == ()

    def test_many_choices_are_one_line(self, tmp_path: Path) -> None:
        names = ("new", "old")
        files = [f"{one}/02_im2col/{name}.ipynb" for one in "abcdefg" for name in names]
        (notice,) = found(make(tmp_path / "s", *files)).notices
        assert notice.startswith("of 7 hand-ins there are several files")
        assert "a · 02_im2col, b · 02_im2col" in notice

    def test_checkpoints_are_ignored(self, tmp_path: Path) -> None:
        root = make(
            tmp_path / "s",
            "a/02_im2col/.ipynb_checkpoints/02_im2col-checkpoint.ipynb",
            "a/02_im2col/work.ipynb",
        )
        assert placed(found(root), root) == {"a 02_im2col": "a/02_im2col/work.ipynb"}

    def test_an_exercise_folder_without_a_notebook_still_gives_a_result(
        self, tmp_path: Path
    ) -> None:
        root = make(tmp_path / "s", "a/02_im2col/", "b/02_im2col/.ipynb_checkpoints/x.ipynb")
        result = found(root)
        assert [s.student for s in result.submissions] == ["a", "b"]
        for submission in result.submissions:
            with pytest.raises(UnreadableSubmission, match="folder"):
                read_notebook(submission.path, submission.root)

    def test_an_unknown_folder_name_needs_the_option(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "a/homework.ipynb")
        (problem,) = found(root).problems
        assert "--exercise" in problem
        result = found(root, exercise="02_im2col")
        assert placed(result, root) == {"a 02_im2col": "a/homework.ipynb"}

    def test_empty_folders_are_reported(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "a/", "b/02_im2col.ipynb")
        result = found(root)
        assert [s.student for s in result.submissions] == ["b"]
        assert "is empty" in result.problems[0]
        assert "is empty" in found(make(tmp_path / "nothing", "./")).problems[0]

    def test_with_the_option_an_empty_folder_is_an_empty_submission(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "a/", "b/02_im2col.ipynb")
        result = found(root, exercise="02_im2col")
        assert [s.student for s in result.submissions] == ["a", "b"]
        assert result.problems == ()

    def test_an_unreadable_folder_does_not_affect_other_students(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "a/02_im2col.ipynb", "b/02_im2col.ipynb")
        with locked(root / "a"):
            result = found(root)
        assert [s.student for s in result.submissions] == ["b"]
        assert "cannot be read" in result.problems[0]

    @pytest.mark.parametrize("exercise", [None, "02_im2col"])
    def test_the_results_folder_is_ignored(self, tmp_path: Path, exercise: str | None) -> None:
        root = make(tmp_path, "alice/02_im2col.ipynb", "graded/results/alice/02_im2col.json")
        result = discover([root], EXERCISES, exercise, root / "graded")
        assert placed(result, root) == {"alice 02_im2col": "alice/02_im2col.ipynb"}
        assert result.problems == ()


class TestFoldersThatCannotBeRead:
    """What counts may be in them, so nobody loses points, and the instructor is told which."""

    def refused(self, result: Discovered) -> set[str]:
        """``student exercise`` of what the grader is not allowed to read."""
        refused = set()
        for one in result.submissions:
            try:
                read_notebook(one.path, one.root)
            except PermissionError:
                refused.add(f"{one.student} {one.exercise}")
        return refused

    @pytest.mark.parametrize("exercise", [None, "02_im2col"])
    @pytest.mark.parametrize(
        ("names", "shut"),
        [
            (["amy/02_im2col.ipynb", "amy/final/02_im2col.ipynb"], "amy/final"),
            (["amy/02_im2col.ipynb", "amy/a/b/c.ipynb"], "amy/a/b"),
            (["amy/02_im2col/x.ipynb", "amy/02_im2col/final/x.ipynb"], "amy/02_im2col/final"),
            (["amy/02_im2col/final/x.ipynb"], "amy/02_im2col/final"),
            (["amy/02_im2col/x.ipynb"], "amy/02_im2col"),
            (["amy/02_im2col.ipynb", "amy/02_im2col/x.ipynb"], "amy/02_im2col"),
        ],
    )
    def test_below_a_students_folder(
        self, tmp_path: Path, names: list[str], shut: str, exercise: str | None
    ) -> None:
        root = make(tmp_path / "s", *names, "ben/02_im2col.ipynb")
        with locked(root / shut):
            result = found(root, exercise=exercise)
            assert self.refused(result) == {"amy 02_im2col"}
        assert [one.student for one in result.submissions] == ["amy", "ben"]
        (problem,) = result.problems
        assert problem.startswith(f"{root / shut}: cannot be read (Permission denied)")

    @pytest.mark.parametrize("name", ["final", "deep/final"])
    def test_that_are_all_there_is(self, tmp_path: Path, name: str) -> None:
        root = make(tmp_path / "s", f"amy/{name}/x.ipynb", "ben/02_im2col.ipynb")
        with locked(root / "amy" / name):
            unknown, named = found(root), found(root, exercise="02_im2col")
            assert self.refused(named) == {"amy 02_im2col"}
        assert [(one.student.key, one.why) for one in unknown.ungraded] == [
            ("amy", NotGraded.CLOSED)
        ]
        for result in (unknown, named):
            (problem,) = result.problems
            assert problem.startswith(f"{root / 'amy' / name}: cannot be read")

    def test_one_that_is_named_concerns_only_its_exercise(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "amy/02_im2col.ipynb", "amy/03_convolution/x.ipynb")
        with locked(root / "amy/03_convolution"):
            assert self.refused(found(root / "amy")) == {"amy 03_convolution"}

    def test_what_an_editor_keeps_there_does_not_matter(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "amy/02_im2col.ipynb", "amy/.ipynb_checkpoints/x.ipynb")
        with locked(root / "amy/.ipynb_checkpoints"):
            result = found(root / "amy")
            assert (self.refused(result), result.problems) == (set(), ())

    def test_a_second_folder_that_is_given_does_not_take_its_place(self, tmp_path: Path) -> None:
        root = make(tmp_path, "monday/amy/02_im2col.ipynb", "tuesday/amy/final/02_im2col.ipynb")
        with locked(root / "tuesday/amy/final"):
            result = found(root / "monday", root / "tuesday", exercise="02_im2col")
            assert self.refused(result) == {"amy 02_im2col"}

    def test_one_exercise_of_a_class(self, tmp_path: Path) -> None:
        names = [f"{id}/{name}.ipynb" for id in EXERCISES[1:] for name in ("amy", "ben")]
        root = make(tmp_path / "s", *names)
        with locked(root / "02_im2col"):
            result = found(root)
        assert set(placed(result, root)) == {"amy 03_convolution", "ben 03_convolution"}
        (problem,) = result.problems
        assert problem.startswith(f"{root / '02_im2col'}: cannot be read")
        assert result.closed == (root / "02_im2col",)

    @pytest.mark.parametrize("shut", ["amy.ipynb", "amy.ipynb/x"])
    def test_one_that_is_named_like_a_notebook(self, tmp_path: Path, shut: str) -> None:
        root = make(tmp_path / "s", "amy.ipynb/x/a.ipynb", "amy.ipynb/a.ipynb", "ben.ipynb")
        with locked(root / shut):
            assert self.refused(found(root, exercise="02_im2col")) == {"amy 02_im2col"}

    def test_a_hand_in_that_was_graded_there_is_not_gone(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "amy/x/02_im2col.ipynb", "amy/03_convolution.ipynb")
        before = updated(HandIns(), found(root), None)
        with locked(root / "amy/x"):
            after = updated(before, found(root), None)
        assert [one.exercise for one in after.hand_ins] == ["02_im2col", "03_convolution"]
        assert after.gone == ()


class TestOneStudentsFolder:
    def test_the_folder_may_be_given_directly(self, tmp_path: Path) -> None:
        root = make(tmp_path / "alice", "02_im2col/x.ipynb", "03_convolution.ipynb", "notes.txt")
        assert set(placed(found(root), root)) == {"alice 02_im2col", "alice 03_convolution"}

    @pytest.mark.parametrize("exercise", [None, "02_im2col"])
    def test_the_exercise_folder_in_it_may_be_given(
        self, tmp_path: Path, exercise: str | None
    ) -> None:
        root = make(tmp_path / "alice", "02_im2col/02_im2col.ipynb")
        result = found(root / "02_im2col", exercise=exercise)
        assert placed(result, root) == {"alice 02_im2col": "02_im2col/02_im2col.ipynb"}


class TestNames:
    @pytest.mark.parametrize(
        "name", ["山田 太郎", "O'Brien, Ann", "a..b", "-rf", "ALICE", "'=x", "=x"]
    )
    def test_a_valid_folder_name_is_kept(self, tmp_path: Path, name: str) -> None:
        root = make(tmp_path / "in", f"{name}.ipynb")
        (only,) = found(root, exercise="02_im2col").submissions
        assert only.student == name

    def test_a_name_gives_the_same_student_whatever_the_other_names(self, tmp_path: Path) -> None:
        """Otherwise a submission by ALICE would rename alice and leave her old row behind."""
        names = [
            "ALICE",
            "alice",
            " alice",
            "Alice",
            unicodedata.normalize("NFD", "がくせい"),
            "がくせい",
        ]
        alone = {}
        for number, name in enumerate(names):
            root = make(tmp_path / str(number), f"{name}/02_im2col.ipynb")
            (alone[name],) = (s.student for s in found(root).submissions)
        root = make(tmp_path / "all", *(f"{name}/02_im2col.ipynb" for name in names))
        together = {s.path.parent.name: s.student for s in found(root).submissions}
        assert together == alone
        assert len(set(together.values())) == len(names)
        assert (together["alice"], together["がくせい"]) == ("alice", "がくせい")

    def test_names_that_look_alike_are_reported(self, tmp_path: Path) -> None:
        root = make(tmp_path / "in", "alice.ipynb", "ALICE.ipynb", "bob.ipynb")
        (notice,) = found(root, exercise="02_im2col").notices
        assert notice.startswith("ALICE, alice: these names look alike")

    def test_on_case_insensitive_file_systems_names_with_capitals_stay_distinct(
        self, tmp_path: Path
    ) -> None:
        root = make(tmp_path / "in", "alice.ipynb", "ALICE.ipynb")
        result = discover([root], EXERCISES, "02_im2col", fold_case=True)
        assert len({s.student.casefold() for s in result.submissions}) == 2
        assert "alice" in {s.student for s in result.submissions}

    def test_folder_names_in_legacy_encodings_are_distinct_and_readable(
        self, tmp_path: Path
    ) -> None:
        """佐藤, 加藤, 斎藤, 中村 unpacked from a zip file made on Japanese Windows."""
        people = ["佐藤", "加藤", "斎藤", "中村"]
        for name, encoding in [
            *((n, "cp932") for n in people),
            ("高橋", "euc_jp"),
            ("José", "latin-1"),
        ]:
            folder = os.fsencode(tmp_path) + b"/in/" + name.encode(encoding)
            os.makedirs(folder)  # noqa: PTH103 (a name that is not text)
            with open(folder + b"/02_im2col.ipynb", "wb") as file:  # noqa: PTH123
                file.write(BOOK)
        result = found(tmp_path / "in")
        assert {s.name for s in result.submissions} == {*people, "高橋", "José"}
        assert len({s.student for s in result.submissions}) == 6
        assert result.problems == ()
        for submission in result.submissions:
            submission.student.encode()
            assert submission.name in submission.file
            read_notebook(submission.path, submission.root)

    def test_messages_about_them_are_valid_text(self, tmp_path: Path) -> None:
        raw = os.fsencode(make(tmp_path / "in", "./")) + "/山田.ipynb".encode("cp932")
        with open(raw, "wb") as file:  # noqa: PTH123 (a name that is not text)
            file.write(BOOK)
        (problem,) = found(tmp_path / "in").problems
        assert "山田.ipynb" in problem


class TestDuplicates:
    def test_the_newer_file_counts_and_the_other_is_reported(self, tmp_path: Path) -> None:
        one = make(tmp_path / "monday", "alice/02_im2col.ipynb")
        two = make(tmp_path / "tuesday", "alice/02_im2col.ipynb")
        os.utime(one / "alice/02_im2col.ipynb", (2000, 2000))
        os.utime(two / "alice/02_im2col.ipynb", (1000, 1000))
        result = found(two, one)
        (only,) = result.submissions
        assert "monday" in str(only.path)
        assert [(other.file, other.why) for other in only.others] == [
            ("alice/02_im2col.ipynb", NotCounted.OLDER)
        ]

    def test_a_file_given_twice_is_one_submission(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "alice/02_im2col.ipynb")
        result = found(root, root, root / "alice", root / "alice/02_im2col.ipynb")
        assert len(result.submissions) == 1
        assert result.problems == ()

    def test_each_of_many_files_is_looked_up_a_few_times(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = make(tmp_path / "s/alice", *(f"02_im2col v{n}.ipynb" for n in range(60)))
        asked: list[object] = []
        lstat = os.lstat

        def counted(path: Path) -> os.stat_result:
            asked.append(path)
            return lstat(path)

        monkeypatch.setattr(os, "lstat", counted)
        (only,) = found(root).submissions
        assert len(only.others) == 59
        assert len(asked) <= 10 * 60

    def test_the_order_of_paths_does_not_change_the_order_of_results(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "b/02_im2col.ipynb", "a/02_im2col.ipynb")
        one = found(root / "a", root / "b").submissions
        two = found(root / "b", root / "a").submissions
        assert one == two


class TestLinks:
    def readable(self, submission: Submission) -> bool:
        try:
            read_notebook(submission.path, submission.root)
        except UnreadableSubmission:
            return False
        return True

    def test_a_student_cannot_submit_a_link_to_another_file(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "bob/02_im2col.ipynb", "eve/03_convolution.ipynb")
        make(tmp_path / "solutions/02_im2col", "x.ipynb")
        (root / "eve/02_im2col.ipynb").symlink_to("../bob/02_im2col.ipynb")
        (root / "fay").symlink_to("bob")
        make(root, "gus/")
        (root / "gus/02_im2col").symlink_to(tmp_path / "solutions/02_im2col")
        result = found(root)
        results = {f"{s.student} {s.exercise}": self.readable(s) for s in result.submissions}
        assert [(u.student.key, u.why) for u in result.ungraded] == [("fay", NotGraded.LINK)]
        assert results == {
            "bob 02_im2col": True,
            "eve 02_im2col": False,
            "eve 03_convolution": True,
            "gus 02_im2col": False,
        }

    def test_links_within_the_students_folder_are_followed(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "a/work/final.ipynb")
        (root / "a/02_im2col.ipynb").symlink_to("work/final.ipynb")
        (only,) = found(root).submissions
        assert self.readable(only)

    def test_a_link_given_by_the_instructor_is_followed(self, tmp_path: Path) -> None:
        make(tmp_path / "real", "a/02_im2col.ipynb")
        (tmp_path / "link").symlink_to("real")
        (only,) = found(tmp_path / "link").submissions
        assert self.readable(only)

    def test_a_loop_of_links_terminates(self, tmp_path: Path) -> None:
        root = make(tmp_path / "s", "a/02_im2col/")
        (root / "a/02_im2col/more").symlink_to("..")
        (root / "a/02_im2col/x.ipynb").symlink_to("x.ipynb")
        (only,) = found(root).submissions
        assert not self.readable(only)


def test_endlessly_nested_folders_do_not_affect_other_students(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A student's zip file may be nested more deeply than Python's stack allows."""
    root = make(tmp_path / "s", "mallory/02_im2col/", "bob/02_im2col/x.ipynb")
    monkeypatch.chdir(root / "mallory/02_im2col")
    for _ in range(300):
        Path("a").mkdir()
        os.chdir("a")
    monkeypatch.chdir(tmp_path)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 150)
    try:
        result = placed(found(root), root)
    finally:
        sys.setrecursionlimit(limit)
    assert result == {
        "bob 02_im2col": "bob/02_im2col/x.ipynb",
        "mallory 02_im2col": "mallory/02_im2col",
    }


def test_names_of_folders_are_parsed_once_however_many_files_are_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = "/".join(f"d{depth}" for depth in range(20))
    names = [f"02_im2col v{n}.pdf" for n in range(40)]
    root = make(tmp_path / "s/alice", *(f"{deep}/{name}" for name in names))
    parsed: list[str] = []
    asked: list[str] = []
    plain, parse_name = filenames._plain, student_folder.parse_name

    def counted_plain(name: str) -> str:
        parsed.append(name)
        return plain(name)

    def counted_parse_name(name: str, exercises: Collection[str]) -> ParsedName:
        asked.append(name)
        return parse_name(name, exercises)

    monkeypatch.setattr(filenames, "_plain", counted_plain)
    monkeypatch.setattr(student_folder, "parse_name", counted_parse_name)
    filenames._parsed.cache_clear()
    (only,) = found(root).submissions
    assert len(only.others) == 39
    assert max(map(parsed.count, {f"d{depth}" for depth in range(20)})) <= 10
    assert asked.count("d7") <= 10


def test_terminal_codes_in_names_are_escaped(tmp_path: Path) -> None:
    evil = "\x1b]0;evil\x07\x1b[2J\u202e\x9b"
    root = make(tmp_path / "s", f"{evil}/", f"bob/02_im2col/{evil}.ipynb", "bob/02_im2col/b.ipynb")
    make(root, f"cy/{evil}/x.ipynb", "田中\u3000太郎/")
    result = found(root)
    said = [*result.problems, *result.notices]
    assert len(said) == 4
    assert sum("evil" in line for line in said) == 2
    assert all(c.isprintable() or c == "\u3000" for line in said for c in line)
