"""timestamp.txt is believed only where nbgrader writes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from autograder.collect.files import Fate
from tests.collect.conftest import Outcome, notebook, rows, zipped

STUDENTS = ("alice", "bob", "mallory")
ON_TIME, EARLY, LATE = (b"2026-05-0%d 10:00:00 UTC" % day for day in (2, 1, 9))
EXCHANGE = {
    f"{one}/02_im2col/{name}": content
    for one in STUDENTS
    for name, content in (("02_im2col.ipynb", notebook(one)), ("timestamp.txt", ON_TIME))
}


def days(outcome: Outcome) -> dict[str, int | None]:
    """The day of May on which each student handed in, if that is known."""
    found = {one.student: one.handed_in for one in rows(outcome) if one.fate is Fate.COUNTS}
    return {one: time and time.astimezone(UTC).day for one, time in found.items()}


@pytest.mark.parametrize("root", ["", "submitted/", "course/submitted/"])
@pytest.mark.parametrize("day", [EARLY, LATE])
@pytest.mark.parametrize(
    "at",
    [
        "mallory/02_im2col/bob/02_im2col/",
        "mallory/02_im2col/mallory/02_im2col/",
        "mallory/bob/02_im2col/",
        "mallory/02_im2col/bob/",
        "mallory/bob/",
        "mallory/",
        "bob/02_im2col/sub/",
    ],
)
def test_a_stamp_elsewhere_changes_nobodys_time(run, root, day, at):
    files = {f"{root}{name}": content for name, content in EXCHANGE.items()}
    outcome = run({"in.zip": zipped(files | {f"{root}{at}timestamp.txt": day})})
    assert days(outcome) == dict.fromkeys(STUDENTS, 2)


def test_a_stamp_elsewhere_is_a_file_like_any_other(run):
    outcome = run({"in.zip": zipped(EXCHANGE | {"bob/02_im2col/sub/timestamp.txt": EARLY})})
    assert outcome.fate("sub/timestamp.txt") is Fate.KEPT
    assert outcome.fate("alice/02_im2col/timestamp.txt") is Fate.READ


@pytest.mark.parametrize("others", [("alice",), ("alice", "bob")])
@pytest.mark.parametrize("loose", [False, True])
def test_a_students_own_stamp_in_a_plain_folder_is_not_believed(run, others, loose):
    name = "{}.ipynb" if loose else "{}/02_im2col/02_im2col.ipynb"
    files = {name.format(one): notebook(one) for one in others}
    files["mallory/02_im2col/02_im2col.ipynb"] = notebook("m")
    stamps = {f"mallory/{at}/timestamp.txt": EARLY for at in ("02_im2col", "a", "b", "c")}
    outcome = run({"in.zip": zipped(files | stamps)}, exercise="02_im2col")
    assert days(outcome) == dict.fromkeys((*others, "mallory"), None)
    assert outcome.fate("02_im2col/timestamp.txt") is not Fate.READ


@pytest.mark.parametrize("root", ["", "inbound/"])
def test_a_folder_in_an_inbound_folder_changes_nobodys_time(run, root):
    folder = "{}+02_im2col+2026-05-02 10:00:00 UTC"
    files = {f"{root}{folder.format(one)}/nb.ipynb": notebook(one) for one in STUDENTS}
    own = f"{root}{folder.format('mallory')}"
    forged = {
        f"{own}/timestamp.txt": LATE,
        f"{own}/{folder.format('bob')}/timestamp.txt": EARLY,
        f"{own}/bob/02_im2col/timestamp.txt": EARLY,
    }
    outcome = run({"in.zip": zipped(files | forged)})
    assert days(outcome) == dict.fromkeys(STUDENTS, 2)


def test_a_folder_named_like_inbounds_tells_no_time(run):
    forged = "mallory/x+02_im2col+2026-05-01 10:00:00 UTC/02_im2col (9).ipynb"
    outcome = run({"in.zip": zipped(EXCHANGE | {forged: notebook("late")})})
    assert {one.handed_in.day for one in rows(outcome) if one.handed_in} == {2}


def test_a_stamp_says_nothing_of_a_submission_on_gradescope(run):
    files = {f"{one}/02_im2col.ipynb": notebook(one) for one in STUDENTS}
    outcome = run({"in.zip": zipped(files | {"submission_7/timestamp.txt": EARLY})})
    assert set(days(outcome)) == set(STUDENTS)


def test_most_students_have_stamps(run):
    files = dict(EXCHANGE)
    del files["alice/02_im2col/timestamp.txt"]
    outcome = run({"in.zip": zipped(files)})
    assert days(outcome) == {"alice": None, "bob": 2, "mallory": 2}
    [one] = [row for row in rows(outcome) if row.student == "bob" and row.fate is Fate.COUNTS]
    assert one.handed_in == datetime(2026, 5, 2, 10, tzinfo=UTC)
