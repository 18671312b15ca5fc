"""Class lists as platforms and people write them: columns, languages, times, other classes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from autograder.collect import roster_files
from autograder.collect.files import Fate
from autograder.collect.notes import time_in
from autograder.errors import CommandError
from tests.collect.conftest import JANE, KEN, notebook, rows, zipped

A, B, C = notebook("a"), notebook("b"), notebook("c")
MOODLE = "{}_123456{}_assignsubmission_file_/02_im2col.ipynb"


def class_of(*names: str) -> bytes:
    return zipped({MOODLE.format(name, n): notebook(name) for n, name in enumerate(names)})


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


@pytest.mark.parametrize(
    "roster",
    [
        "Matrikelnummer;Vorname;Nachname;E-Mail\n7;Jörg;Weiß;j@x.de\n".encode("utf-16"),
        "Prénom,Nom,Numéro d'étudiant,Adresse de courriel\nJörg,Weiß,7,j@x.de\n".encode(),
        "Nombre;Apellido(s);Número de ID;Dirección de correo\nJörg;Weiß;7;j@x.de\n".encode(
            "cp1252"
        ),
        "学生番号\t姓\t名\tメールアドレス\n7\tWeiß\tJörg\tj@x.de\n".encode(),
    ],
    ids=["German", "French", "Spanish", "Japanese"],
)
def test_columns_in_the_language_of_the_instructor(run, roster):
    outcome = run({"a.zip": class_of("Jörg Weiß")}, rosters=[roster])
    assert outcome.done.problems == ()
    text = (outcome.out / "roster.csv").read_text("utf-8-sig")
    assert text.splitlines()[1] == "Jörg Weiß,7,Jörg Weiß,j@x.de,,,,02_im2col:1234560"


@pytest.mark.parametrize(
    "roster",
    ["姓,名\n佐藤,健\n", 'Student,ID,SIS User ID\n"佐藤, 健",1,u1\n'],
    ids=["columns", "Canvas"],
)
def test_where_the_family_name_comes_first_it_stays_first(run, roster):
    outcome = run({"a.zip": class_of("佐藤 健")}, rosters=[roster])
    assert list(outcome.kept) == ["佐藤 健/02_im2col.ipynb"]


def test_columns_without_a_known_name_are_pointed_out(run):
    outcome = run(
        {"a.zip": class_of("Jane Doe")}, rosters=["Imię,Nazwisko,Email\nJane,Doe,j@x.pl\n"]
    )
    (line,) = (one for one in outcome.done.notices if "Imię" in one)
    assert "Not understood: Imię, Nazwisko. Call the columns id,name,email" in line


def test_a_list_of_another_class_is_one_line(run):
    outcome = run(
        {"a.zip": class_of(*(f"Student {n:c}" for n in range(65, 85)))}, rosters=["name\nX Y\n"]
    )
    (line,) = outcome.done.problems
    assert line.startswith(
        "nobody of 20 students is in the roster (Student A, Student B, Student C"
    )


def test_many_who_are_not_in_the_list_are_one_line(run):
    names = [f"Student {n:c}" for n in range(65, 85)]
    outcome = run({"a.zip": class_of(*names)}, rosters=["name\nStudent A\n"])
    (line,) = outcome.done.problems
    assert line.startswith("19 students are not in the roster")


def test_two_of_one_name_are_said_once_and_how_to_tell_them_apart(run):
    outcome = run({"a.zip": class_of("Anna Maier", "Anna Maier")})
    (line,) = (one for one in outcome.done.notices if "several students" in one)
    assert "grading worksheet" in line


def test_an_archive_without_a_notebook_needs_the_instructor(run):
    outcome = run({"photos.zip": zipped({"a/holiday.jpg": b"x"})})
    assert outcome.done.problems[-1] == "no notebook was found. Is it the right download?"


def test_who_handed_in_other_files_only_is_named(run):
    """The student has to be asked, before the grading calls the file unreadable."""
    files = {
        MOODLE.format("Ann", 1): notebook("a"),
        "Ann_1234561_assignsubmission_file_/report.pdf": b"%PDF",
        "Ben_1234562_assignsubmission_file_/work.rar": b"Rar!",
    }
    outcome = run({"02_im2col.zip": zipped(files)})
    (line,) = outcome.done.problems
    assert line.startswith("02_im2col: 1 student handed in no notebook, but other files: Ben (work")


def test_a_roster_of_github_classroom_knows_the_accounts(run):
    clones = {f"02-im2col-{one}/02_im2col.ipynb": notebook(one) for one in ("jdoe", "kito")}
    roster = (
        '"identifier","github_username","github_id","name"\n'
        '"s1","jdoe","11","Jane Doe"\n"ken@x.edu","kito","12",""\n"s3","","",""\n'
    )
    outcome = run({"clones": clones}, rosters=[roster])
    assert {*outcome.kept} == {"Jane Doe/02_im2col.ipynb", "ken@x.edu/02_im2col.ipynb"}
    assert outcome.done.problems == ()
    assert any("1 of 3 students handed in nothing: s3" in line for line in outcome.done.notices)


def test_with_blind_marking_a_worksheet_gives_times_to_numbers(run):
    files = {f"Participant_{n}_assignsubmission_file_/a.ipynb": notebook(str(n)) for n in (12, 13)}
    worksheet = (
        "Identifier,Status,Grade,Maximum grade,Last modified (submission)\n"
        'Participant 12,Submitted,,17,"Friday, 1 May 2026, 1:05 PM"\n'
        'Participant 13,Submitted,,17,"Friday, 1 May 2026, 2:05 PM"\n'
        "Participant 14,No submission,,17,-\n"
    )
    outcome = run({"02_im2col.zip": zipped(files)}, rosters=[worksheet], zone=UTC)
    assert {*outcome.kept} == {"Participant 12/02_im2col.ipynb", "Participant 13/02_im2col.ipynb"}
    times = {one.student: one.handed_in for one in outcome.done.records if one.handed_in}
    assert times["Participant 13"] == datetime(2026, 5, 1, 14, 5, tzinfo=UTC)
    assert any("nothing: Participant 14" in line for line in outcome.done.notices)
    assert not any("none of its columns" in line for line in outcome.done.notices)


BLIND = (
    "Identifier,Status,Grade,Maximum grade,Last modified (submission)\n"
    'Participant {0}1,Submitted,,17,"Friday, 1 May 2026, 1:05 PM"\n'
    "Participant {0}2,No submission,,17,-\n"
)
NAMED = (
    "Identifier,Full name,Email address\n"
    "Participant {0}1,Jane Doe,j@x\nParticipant {0}2,Ken Ito,k@x\n"
)


@pytest.mark.parametrize("first", [BLIND.format(1), NAMED.format(1)])
def test_a_worksheet_with_other_numbers_and_no_names_does_not_double_the_class(first, run):
    """Moodle gives students other numbers in each assignment: nobody can tell who is who."""
    files = {"Participant_21_assignsubmission_file_/a.ipynb": notebook("b")}
    with pytest.raises(CommandError, match=r"blind marking.*a folder of its own"):
        run({"02_im2col.zip": zipped(files)}, rosters=[first, BLIND.format(2)], zone=UTC)


def test_names_that_moodle_reveals_belong_to_the_numbers(run):
    files = {"Participant_11_assignsubmission_file_/a.ipynb": notebook("a")}
    for sheets in ([BLIND.format(1)], [BLIND.format(1)], [NAMED.format(1)]):
        outcome = run({"02_im2col.zip": zipped(files)}, rosters=sheets, zone=UTC)
    assert {*outcome.kept} == {"Participant 11/02_im2col.ipynb"}
    roster = (outcome.out / "roster.csv").read_text("utf-8-sig")
    assert [line.split(",")[:4] for line in roster.splitlines()[1:]] == [
        ["Participant 11", "", "Jane Doe", "j@x"],
        ["Participant 12", "", "Ken Ito", "k@x"],
    ]


def test_a_group_of_moodle_is_its_members(run):
    """Its number may be that of somebody else, whose grade it must not become."""
    files = {
        "Group A_12_assignsubmission_file/work.ipynb": notebook("a"),
        "Group B_77_assignsubmission_file/work.ipynb": notebook("b"),
    }
    participants = (
        "First name,Last name,ID number,Email address,Groups\n"
        'Jane,Doe,1,j@x,Group A\nKen,Ito,2,k@x,"Monday, Group A"\nAoi,Mori,3,a@x,Group B\n'
    )
    worksheet = (
        "Identifier,Full name,ID number,Email address,Last modified (submission)\n"
        'Participant 11,Jane Doe,1,j@x,"Friday, 1 May 2026, 1:05 PM"\n'
        'Participant 12,Aoi Mori,3,a@x,"Friday, 1 May 2026, 3:05 PM"\n'
    )
    outcome = run({"02_im2col.zip": zipped(files)}, rosters=[participants, worksheet], zone=UTC)
    assert outcome.done.problems == ()
    assert {*outcome.kept} == {
        f"{one}/02_im2col.ipynb" for one in ("Jane Doe", "Ken Ito", "Aoi Mori")
    }
    assert outcome.kept["Ken Ito/02_im2col.ipynb"] == notebook("a")
    records = {one.student: one for one in outcome.done.records}
    assert records["Jane Doe"].handed_in == datetime(2026, 5, 1, 13, 5, tzinfo=UTC)
    assert records["Ken Ito"].note == "handed in by a group: Jane Doe, Ken Ito"
    assert {one.source for one in records.values()} == {""}
