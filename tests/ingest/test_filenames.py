"""What a name tells: the exercise, the attempt, and whether it may be a student's name."""

from __future__ import annotations

import pytest

from autograder.ingest.filenames import exercise_in, is_ignored, parse_name

EXERCISES = ("01_windows", "02_im2col", "03_convolution", "06_simple_convnet")


@pytest.mark.parametrize(
    ("name", "exercise"),
    [
        ("02_im2col", "02_im2col"),
        ("01-Windows", "01_windows"),
        ("０２＿im2col", "02_im2col"),
        ("02 im2col (1)", "02_im2col"),
        ("02im2col", "02_im2col"),
        ("06-simple.convnet", "06_simple_convnet"),
        ("alice_02_im2col", "02_im2col"),
        ("101_windows", None),
        ("02_im2columns", None),
        ("02_im2col and 03_convolution", None),
        ("im2col", None),
    ],
)
def test_the_exercise_in_a_name(name: str, exercise: str | None) -> None:
    assert exercise_in(name, EXERCISES) == exercise


@pytest.mark.parametrize(
    "names",
    [
        ["old", "02_im2col", "Copy of 02_im2col", "02_im2col_v2", "02_im2col final"],
        ["02_im2col", "02_im2col (1)", "02_im2col (2)", "02_im2col (10)"],
        ["02_im2col", "02_im2col-Copy1", "02_im2col-Copy2"],
        ["02_im2col", "02_im2col 2", "02_im2col 3"],  # as macOS names them
        ["attempt 1", "attempt 2", "attempt 10"],
        ["提出1", "提出2"],
        ["第1回", "第2回"],
        ["02_im2col", "02_im2col のコピー", "02_im2col - コピー (2)", "02_im2col 最終版"],
        ["final", "final2", "final_v3"],
        ["02_im2col_20240501", "02_im2col_20240502"],
        ["2024-05-01 10:20:30 UTC", "2024-05-01 10:20:31 UTC"],
        ["02_im2col-checkpoint", "02_im2col"],
    ],
)
def test_names_are_ordered_by_attempt(names: list[str]) -> None:
    attempt = [parse_name(name, EXERCISES).attempt for name in names]
    assert attempt == sorted(set(attempt))


@pytest.mark.parametrize(
    "name",
    ["02_im2col", "02_im2col (1)", "01-Windows", "attempt 2", "Untitled(1)", "homework3", "final",
     "課題", "taro", "taro_hw2", "Copy of 02_im2col"],
)  # fmt: skip
def test_impersonal_names(name: str) -> None:
    assert parse_name(name, EXERCISES, folder="taro").impersonal


@pytest.mark.parametrize(
    "name",
    ["alice", "1234567", "s1234567", "seed_003", "山田 太郎", "alice_02_im2col", "Newman", "27",
     "a", "student1", "Trygve", "O'Brien, Ann", "02_im2col_taro"],
)  # fmt: skip
def test_personal_names(name: str) -> None:
    assert not parse_name(name, EXERCISES, folder="in").impersonal


@pytest.mark.parametrize(
    "name", [".DS_Store", ".ipynb_checkpoints", "__MACOSX", "._alice.ipynb", "__pycache__", ".git"]
)
def test_names_of_system_files(name: str) -> None:
    assert is_ignored(name)
