"""Collecting again, with times and a roster: nothing collected before is lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from autograder.collect import roster_files, table
from autograder.collect.files import Fate
from autograder.collect.notes import time_in
from autograder.errors import CommandError
from tests.collect.conftest import notebook, zipped
from tests.collect.test_mess import YAML

A, B, C = notebook("a"), notebook("b"), notebook("c")
JANE, KEN = "Jane Doe_11_assignsubmission_file_", "Ken Ito_12_assignsubmission_file_"


def rows(outcome):
    return table.decode((outcome.out / table.FILE).read_bytes())


def test_a_later_download_counts_and_the_earlier_one_is_kept(run):
    run({"a.zip": zipped({f"{JANE}/02_im2col.ipynb": A, f"{KEN}/02_im2col.ipynb": C})})
    files = {f"{JANE}/02_im2col.ipynb": B}
    again = run({"b.zip": zipped(files, time=(2026, 5, 2, 12, 0, 0))})
    assert again.kept == {
        "Jane Doe/02_im2col.ipynb": B,
        "Jane Doe/old/02_im2col (1).ipynb": A,
        "Ken Ito/02_im2col.ipynb": C,
    }
    once_more = run({"b.zip": zipped(files, time=(2026, 5, 2, 12, 0, 0))})
    assert (once_more.kept, rows(once_more)) == (again.kept, rows(again))


def test_what_is_beside_the_newest_notebook_stays_there(run):
    beside = {
        f"{JANE}/02_im2col.ipynb": A,
        f"{JANE}/report.pdf": b"1",
        f"{JANE}/src/im2col.py": b"2",
    }
    first = run({"a.zip": zipped(beside)}, exercise="02_im2col")
    assert {"Jane Doe/02_im2col/report.pdf", "Jane Doe/02_im2col/src/im2col.py"} < {*first.kept}
    other = run({"b.zip": zipped({f"{KEN}/02_im2col.ipynb": C})})
    assert other.kept == first.kept | {"Ken Ito/02_im2col.ipynb": C}
    files = {f"{JANE}/02_im2col.ipynb": B}
    later = run({"c.zip": zipped(files, time=(2026, 5, 2, 12, 0, 0))})
    assert later.kept["Jane Doe/old/files 1/report.pdf"] == b"1"
    assert later.kept["Jane Doe/old/files 1/src/im2col.py"] == b"2"


def test_a_file_that_nobody_collected_is_left_alone(run, tmp_path):
    (tmp_path / "submitted" / "Jane Doe").mkdir(parents=True)
    (tmp_path / "submitted" / "Jane Doe" / "02_im2col.ipynb").write_bytes(C)
    outcome = run({"a.zip": zipped({f"{JANE}/02_im2col.ipynb": A})})
    assert outcome.kept["Jane Doe/02_im2col.ipynb"] == C
    assert A in outcome.kept.values()
    assert any("nobody has collected" in line for line in outcome.done.notices)


def test_the_time_is_the_platforms_and_not_the_archives(run):
    files = {"submission_metadata.yml": YAML, "submission_98765432/02_im2col.ipynb": A}
    outcome = run({"a.zip": zipped(files)})
    [one] = [row for row in rows(outcome) if row.fate is Fate.COUNTS]
    assert one.handed_in == datetime(2026, 5, 2, 23, 59, 30, tzinfo=UTC)
    outcome = run({"b.zip": zipped({f"{KEN}/02_im2col.ipynb": A})})
    [one] = [row for row in rows(outcome) if row.student == "Ken Ito"]
    assert one.handed_in is None
    assert any("is unknown" in line for line in outcome.done.notices)


def test_a_time_that_a_person_has_written_is_kept(run):
    files = {"a.zip": zipped({f"{KEN}/02_im2col.ipynb": A})}
    outcome = run(files)
    path = outcome.out / table.FILE
    text = path.read_text("utf-8-sig").replace(
        "Ken Ito/02_im2col.ipynb,", "Ken Ito/02_im2col.ipynb,2026-05-01 10:00+09:00", 1
    )
    path.write_text(text)
    [one] = [row for row in rows(run(files)) if row.fate is Fate.COUNTS]
    assert one.handed_in == datetime(2026, 5, 1, 1, 0, tzinfo=UTC)


def test_the_same_file_again_makes_nobody_late(run):
    folder = "hacker+02_im2col+2026-05-0{} 10:00:00 UTC+x/nb.ipynb"
    outcome = run({"a.zip": zipped({folder.format(1): A, folder.format(3): A})})
    [one] = [row for row in rows(outcome) if row.fate is Fate.COUNTS]
    assert one.handed_in == datetime(2026, 5, 1, 10, tzinfo=UTC)


ROSTERS = {
    "an instructor's": """\
id,name,email
 s1 ,Jane Doe,j@x.edu
s2,Ken Ito,k@x.edu
s3,Aoi Ito,a@x.edu
""",
    "Moodle's worksheet": """\
Identifier,Full name,ID number,Email address,Status,Last modified (submission)
Participant 11,Jane Doe,s1,j@x.edu,Submitted,"Friday, 1 May 2026, 10:00 AM"
Participant 12,Ken Ito,s2,k@x.edu,Submitted,-
Participant 13,Aoi Ito,s3,a@x.edu,No submission,-
""",
    "Moodle's participants in Japanese": """\
姓;名;IDナンバー;メールアドレス
Doe;Jane;s1;j@x.edu
Ito;Ken;s2;k@x.edu
Ito;Aoi;s3;a@x.edu
""",
    "nbgrader's": """\
id,first_name,last_name,email
s1,Jane,Doe,j@x.edu
s2,Ken,Ito,k@x.edu
s3,Aoi,Ito,a@x.edu
""",
}


@pytest.mark.parametrize("name", ROSTERS)
def test_a_roster_gives_ids_and_who_is_missing(name, run):
    files = {"a.zip": zipped({f"{JANE}/02_im2col.ipynb": A, f"{KEN}/02_im2col.ipynb": B})}
    outcome = run(files, rosters=[ROSTERS[name].encode("cp932")])
    assert set(outcome.kept) == {"Jane Doe/02_im2col.ipynb", "Ken Ito/02_im2col.ipynb"}
    assert [row.student for row in rows(outcome) if row.fate is Fate.MISSING] == ["Aoi Ito"]
    people = roster_files.decode((outcome.out / roster_files.FILE).read_bytes())
    assert {one.folder: one.id for one in people} == {
        "Jane Doe": "s1",
        "Ken Ito": "s2",
        "Aoi Ito": "s3",
    }
    assert not outcome.done.problems
    assert outcome.done.notices[-2].startswith("02_im2col: 1 of 3 students handed in nothing")


def test_moodles_worksheet_has_the_times(run):
    files = {"a.zip": zipped({f"{JANE}/02_im2col.ipynb": A})}
    outcome = run(files, rosters=[ROSTERS["Moodle's worksheet"]], zone=UTC)
    [one] = [row for row in rows(outcome) if row.fate is Fate.COUNTS]
    assert one.handed_in == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert not any("time zone" in line for line in outcome.done.notices)


def test_times_of_an_unknown_zone_are_reported_as_this_machines(run):
    files = {"a.zip": zipped({f"{JANE}/02_im2col.ipynb": A})}
    outcome = run(files, rosters=[ROSTERS["Moodle's worksheet"]])
    assert any("write timezone under [policy]" in line for line in outcome.done.notices)


def test_canvas_gradebook_names_students_by_their_number(run):
    gradebook = (
        "Student,ID,SIS User ID,SIS Login ID,Section,HW\n    Points Possible,,,,,17\n"
        '"Doe, Jane",777,s1,jdoe,A,\n"Doe, Jane",778,s2,jdoe2,B,\n"Student, Test",999,,,A,\n'
    )
    files = {
        "doejane_777_1_02_im2col.ipynb": A,
        "doejane_LATE_778_2_02_im2col.ipynb": B,
        "stranger_5_3_02_im2col.ipynb": C,
    }
    outcome = run({"a.zip": zipped(files)}, rosters=[gradebook])
    assert outcome.kept == {
        "Jane Doe (s1)/02_im2col.ipynb": A,
        "Jane Doe (s2)/02_im2col.ipynb": B,
        "stranger_5/02_im2col.ipynb": C,
    }
    assert [row.student for row in rows(outcome) if row.late] == ["Jane Doe (s2)"]
    assert outcome.done.problems == ("stranger: is not in the roster (or several are)",)


def test_a_table_without_students_is_no_roster(run):
    with pytest.raises(CommandError, match="has no column that names a student"):
        run({"a.zip": zipped({f"{JANE}/02_im2col.ipynb": A})}, rosters=["a,b\n1,2\n"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015-02-02 15:58:23.948203 UTC", "2015-02-02T15:58:23.948203+00:00"),
        ("2026-05-01 10:00:00 +0900", "2026-05-01T10:00:00+09:00"),
        ("2020-02-11 02:50:19.548085000 Z", "2020-02-11T02:50:19.548085+00:00"),
        ("2026-05-01 10:00:00 Asia/Tokyo", "2026-05-01T10:00:00+09:00"),
        ("2026-05-01 10:00:00 ../../etc/passwd", None),
        ("2026-05-01 10:00:00 Asia/Tokio", None),
        ("2026-13-01 10:00:00 UTC", None),
        ("soon", None),
    ],
)  # fmt: skip
def test_times(text, expected):
    found = time_in(text, UTC)
    assert (found and found.isoformat()) == expected


@pytest.mark.parametrize("text", ["2026年 05月 1日(金曜日) 10:05", "2026年5月1日 午前10:05"])
def test_moodles_times_in_japanese(text):
    assert roster_files.moodle_time(text, UTC) == datetime(2026, 5, 1, 10, 5, tzinfo=UTC)


def test_a_student_cannot_write_the_platforms_notes(run):
    forged = YAML.replace(b"Jane", b"Mallory").replace(b"2026-05-02", b"2020-01-01")
    files = {
        "submission_metadata.yml": YAML,
        "submission_98765432/02_im2col.ipynb": A,
        "submission_98765433/submission_metadata.yml": forged,
        "submission_98765433/timestamp.txt": b"2020-01-01 10:00:00 UTC",
    }
    outcome = run({"a.zip": zipped(files)})
    [one] = [row for row in rows(outcome) if row.fate is Fate.COUNTS]
    assert one.student == "Jane Døe"
    assert one.handed_in == datetime(2026, 5, 2, 23, 59, 30, tzinfo=UTC)
    assert forged in outcome.kept.values(), "it is a file like any other"
    assert outcome.fate("timestamp.txt") is Fate.KEPT
