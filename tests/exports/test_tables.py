"""Grades as tables of other systems, read back as those systems read them."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from autograder.corrections.apply import Corrections
from autograder.course.load import load_course
from autograder.course.policy import Policy
from autograder.exports.book import make_book
from autograder.exports.class_list import ClassList
from autograder.exports.tables import nbgrader, plain
from autograder.ingest.hand_ins import HandIns
from tests.exports.conftest import COURSE, FORMULA, Export, add
from tests.report.conftest import im2col_criteria
from tests.results import make_criterion, make_result, typed

EXERCISE = "02_im2col"


def table(path: Path, delimiter: str = ",") -> list[list[str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return [*csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]


def by_first(rows: list[list[str]]) -> dict[str, list[str]]:
    return {row[0]: row for row in rows}


def test_canvas_has_its_columns_the_maximum_and_ids(
    run_export: Export, out: Path, roster: Path, tmp_path: Path
) -> None:
    path = tmp_path / "c.csv"
    run_export(out, "--to", "canvas", "--out", path, "--roster", roster)
    assert not path.read_bytes().startswith(codecs.BOM_UTF8), "Canvas looks at the first bytes"
    rows = table(path)
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", EXERCISE]
    assert rows[1] == ["    Points Possible", "", "", "", "", "6"]
    students = by_first(rows[2:])
    assert students["Aiko"] == ["Aiko", "", "s1", "aiko", "", "6"]
    assert students["山田 花子"][2:] == ["s2", "hanako", "", "4.5"], "with the correction"
    assert students["Zoe Absent"][2:] == ["s9", "zoe", "", ""], "not handed in is no zero"
    assert students["emi"][5] == "EX"
    assert students["dai"][5] == "0"
    assert students["chiyo"][5] == "", "withheld points are no zero"


@pytest.mark.parametrize("name", ["02_im2col", "02 Im2col", "02-im2col"])
def test_canvas_columns_of_its_own_export_are_used(
    run_export: Export, out: Path, tmp_path: Path, name: str
) -> None:
    own = tmp_path / "canvas.csv"
    own.write_text(
        f"Student,ID,SIS User ID,SIS Login ID,Section,{name} (4711),Quiz (12)\n"
        "    Points Possible,,,,,6,10\n"
        '"Aiko, aiko",901,s1,aiko,Lab A,,\n'
    )
    run_export(out, "--to", "canvas", "--out", tmp_path / "c.csv", "--roster", own)
    rows = table(tmp_path / "c.csv")
    assert rows[0][5:] == [f"{name} (4711)"]
    assert [row[1:] for row in rows if row[1] == "901"] == [["901", "s1", "aiko", "Lab A", "6"]]


def test_an_assignment_that_canvas_does_not_have_is_pointed_out(
    run_export: Export, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "canvas.csv"
    own.write_text("Student,ID,SIS User ID,SIS Login ID,Section,Week 2 (4711)\naiko,901,,,,\n")
    run_export(out, "--to", "canvas", "--out", tmp_path / "c.csv", "--roster", own)
    said = capsys.readouterr().err
    assert "02_im2col: no column of Canvas's export is called like its id or title (Week 2" in said


def test_what_is_withheld_is_named_and_is_no_success(
    run_export: Export, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_export(out, "--to", "csv") == 1
    said = capsys.readouterr().err
    assert "chiyo, 02_im2col: needs you" in said
    assert "dai, 02_im2col: is unreadable" in said
    assert "aiko" not in said
    with (out / "corrections.csv").open("a") as file:
        file.write("chiyo,02_im2col,im2col.padding,1,,\n")
    assert run_export(out, "--to", "csv") == 0
    assert by_first(table(out / "export-csv.csv"))["chiyo"][3] == "6"


@pytest.mark.parametrize(
    ("many", "unreadable", "waiting"),
    [
        (11, "1 more is unreadable, and has 0 points", "1 more needs you, so it has no points"),
        (15, "5 more are unreadable, and have 0 p", "5 more need you, so they have no points"),
    ],
)
def test_the_rest_of_many_is_counted_in_a_sentence(
    tmp_path: Path, run_export: Export, capsys, many: int, unreadable: str, waiting: str
) -> None:
    gone = [
        make_criterion(
            c["id"], "missing", max_points=c["max_points"], message={"en": "No.", "ja": "×"}
        )
        for c in im2col_criteria()
    ]
    open_points = im2col_criteria(im2col__padding={"status": "grader_error", "points": 0})
    for number in range(many):
        add(tmp_path, make_result(f"u{number:02}", criteria=gone, status="unreadable"))
        add(tmp_path, make_result(f"w{number:02}", criteria=open_points, status="grader_error"))
    assert run_export(tmp_path, "--to", "csv") == 1
    said = capsys.readouterr().err
    assert (f"autograder: {unreadable}" in said, f"autograder: {waiting}" in said) == (True, True)


def test_students_whom_the_system_cannot_know_are_named(
    run_export: Export, out: Path, roster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_export(out, "--to", "moodle", "--roster", roster)
    said = capsys.readouterr().err
    assert "dai: no number or address is known" in said
    assert "Aiko: no number" not in said
    assert "Zoe" not in said, "without a grade there is nothing to lose"


def test_two_folders_of_one_student_are_named(
    run_export: Export, out: Path, roster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(out, make_result("s1"))
    run_export(out, "--to", "canvas", "--roster", roster)
    assert "Aiko: aiko and s1 are the same student by the class list" in capsys.readouterr().err


def test_a_roster_adds_to_the_one_of_collect_which_knows_the_folders(
    run_export: Export, out: Path, roster: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "submitted" / "roster.csv"
    kept.parent.mkdir()
    kept.write_text("student,id,name\ndai,s2,山田 花子\n", encoding="utf-8")
    lists = ("--roster", roster, "--submitted", kept.parent)
    run_export(out, "--to", "csv", "--out", tmp_path / "x.csv", *lists)
    rows = [row for row in table(tmp_path / "x.csv") if row[1] == "s2"]
    assert [row[2:5] for row in rows] == [["hanako@example.org", "0", "0"]]


def test_moodle_has_a_grade_and_a_feedback_column_for_each_exercise(
    run_export: Export, out: Path, roster: Path, tmp_path: Path
) -> None:
    path = tmp_path / "m.csv"
    run_export(out, "--to", "moodle", "--out", path, "--roster", roster, "--lang", "ja")
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
    rows = table(path)
    assert rows[0] == [
        "ID number",
        "Email address",
        "Full name",
        EXERCISE,
        f"{EXERCISE} (feedback)",
    ]
    aiko, hanako = (by_first(rows)[id] for id in ("s1", "s2"))
    assert aiko == ["s1", "aiko@example.org", "Aiko", "6", ""]
    assert hanako[3] == "4.5"
    assert [line.rpartition(": ")[2] for line in hanako[4].split(", ")] == ["0/1", "0.5/1"]
    assert not any(id in hanako[4] for id in ("im2col.stride", "im2col.padding")), "titles, not ids"


def test_each_exercise_has_a_file_of_its_own(
    run_export: Export, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_export(out, "--to", "moodle")
    run_export(out, "--to", "moodle", "--exercise", EXERCISE)
    assert table(out / "export-moodle.csv")[0][0] == "ID number"
    assert table(out / f"export-moodle-{EXERCISE}.csv")[0][0] == "Identifier"
    assert "nobody has handed it in" not in capsys.readouterr().err


def test_an_exercise_of_which_there_are_no_grades_is_named(
    run_export: Export, out: Path, roster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_export(out, "--to", "csv", "--exercise", "03_convolution", "--roster", roster)
    assert "03_convolution: nobody has handed it in" in capsys.readouterr().err


def test_moodles_worksheet_has_the_numbers_that_its_archive_had(
    run_export: Export, out: Path, roster: Path, tmp_path: Path
) -> None:
    submitted = tmp_path / "submitted"
    submitted.mkdir()
    (submitted / "collected.csv").write_text(
        "archive,file,status,student,exercise,kept_as,handed_in,late,source,sha256,note\n"
        "a.zip,x.ipynb,counts,aiko,02_im2col,,2026-05-01 10:00:00+09:00,late,"
        "Aiko_1234567_assignsubmission_file_,,\n"
        "a.zip,y.ipynb,earlier,aiko,02_im2col,,,,Aiko_7_assignsubmission_file_,,\n"
    )
    place = ("--submitted", submitted, "--roster", roster)
    run_export(out, "--to", "moodle", "--exercise", EXERCISE, "--out", tmp_path / "w.csv", *place)
    rows = table(tmp_path / "w.csv")
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} <= {*rows[0]}
    assert "Zoe Absent" not in [row[1] for row in rows], "there is nothing to import"
    aiko = dict(zip(rows[0], by_first(rows)["Participant 1234567"], strict=True))
    assert (aiko["Full name"], aiko["Grade"], aiko["Maximum grade"]) == ("Aiko", "6", "6")
    run_export(out, "--to", "nbgrader", "--out", tmp_path / "n.csv", *place)
    times = {row[3]: row[2] for row in table(tmp_path / "n.csv")}
    assert times["aiko"] == "2026-05-01 10:00:00+09:00"
    run_export(out, "--to", "csv", "--out", tmp_path / "p.csv", *place)
    assert by_first(table(tmp_path / "p.csv"))["Aiko"][-1] == "02_im2col: late"


def test_nbgraders_columns_are_those_of_its_own_export(
    run_export: Export, out: Path, roster: Path, tmp_path: Path
) -> None:
    nbgrader = find_spec("nbgrader")  # importing it takes seconds
    if nbgrader is None or nbgrader.origin is None:
        pytest.skip("nbgrader is not installed")
    path = tmp_path / "n.csv"
    run_export(out, "--to", "nbgrader", "--out", path, "--roster", roster)
    rows = table(path)
    source = Path(nbgrader.origin).parent.joinpath("plugins", "export.py").read_text()
    theirs = [word for word in rows[0] if f'"{word}"' in source]
    assert theirs == rows[0]
    assert len(rows[0]) == 11
    scores = {row[3]: (row[7], row[9], row[10]) for row in rows[1:]}
    assert scores["山田 花子"] == ("4.5", "4.5", "6")
    assert scores["chiyo"] == ("", "", "6")
    assert scores["emi"] == ("", "", "6")
    assert scores["s9"] == ("0", "0", "6"), "as nbgrader does"


def test_the_plain_table_has_totals_and_says_what_is_special(
    run_export: Export, out: Path, roster: Path
) -> None:
    run_export(out, "--to", "csv", "--roster", roster)
    rows = table(out / "export-csv.csv")
    assert rows[0] == ["student", "id", "email", EXERCISE, "total", "max_total", "notes"]
    students = by_first(rows)
    assert students["maximum"][3:] == ["6", "6", "6", ""]
    assert students["山田 花子"][3:] == ["4.5", "4.5", "6", ""]
    assert students["emi"][3:] == ["", "0", "0", "02_im2col: excused"]
    assert students["chiyo"][3:] == ["", "", "6", "02_im2col: needs you"]
    assert students["Zoe Absent"][3:] == ["", "0", "6", "02_im2col: not handed in"]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("system", ["canvas", "moodle", "nbgrader", "csv"])
def test_no_cell_is_a_formula_whatever_separates_cells(
    run_export: Export, out: Path, tmp_path: Path, system: str, delimiter: str
) -> None:
    path = tmp_path / "x.csv"
    run_export(out, "--to", system, "--out", path)
    cells = [cell for row in table(path, delimiter) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.strip(' "').startswith(("=", "+", "@"))]


def test_excused_criteria_cost_nothing_where_the_maximum_is_the_same_for_all(
    run_export: Export, out: Path, tmp_path: Path
) -> None:
    with (out / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write("山田 花子,02_im2col,im2col.stride,,yes,\n")
    run_export(out, "--to", "canvas", "--out", tmp_path / "c.csv")
    run_export(out, "--to", "csv", "--out", tmp_path / "p.csv")
    assert by_first(table(tmp_path / "c.csv"))["山田 花子"][5] == "5.5"
    assert by_first(table(tmp_path / "p.csv"))["山田 花子"][3:6] == ["4.5", "4.5", "5"]


def test_a_criterion_that_is_dropped_for_all_lowers_the_maximum(
    run_export: Export, out: Path, tmp_path: Path
) -> None:
    with (out / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write("*,02_im2col,im2col.stride,,yes,\n")
    run_export(out, "--to", "canvas", "--out", tmp_path / "c.csv")
    rows = by_first(table(tmp_path / "c.csv"))
    assert rows["    Points Possible"][5] == "5"
    assert (rows["aiko"][5], rows["山田 花子"][5]) == ("5", "4.5")


def test_a_workbook_has_numbers_and_text_that_is_no_formula(
    run_export: Export, out: Path, tmp_path: Path
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    run_export(out, "--to", "xlsx", "--out", tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    cells = {row[0].value: row for row in sheet.iter_rows()}
    assert cells["aiko"][3].value == 6
    assert cells["山田 花子"][4].value == 4.5
    assert cells["chiyo"][3].value is None
    assert (cells[FORMULA][0].data_type, cells[FORMULA][0].value) == ("s", FORMULA)


def test_without_openpyxl_the_extra_is_named(
    run_export: Export, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.exports.workbook.find_spec", lambda _: None)
    with pytest.raises(Exception, match=r"pip install 'convgrade\[xlsx\]'"):
        run_export(out, "--to", "xlsx")
    assert not (out / "export.xlsx").exists()


def test_a_single_exercise_is_not_dropped_as_the_lowest() -> None:
    course = load_course(COURSE)
    due = datetime(2026, 5, 1, 23, 59, tzinfo=UTC)
    course = replace(course, policy=Policy(drop_lowest=1, deadlines={EXERCISE: due}))
    result = typed(make_result("aiko", criteria=im2col_criteria()))
    lists = [result], Corrections(), HandIns(), course, ClassList()
    assert make_book(*lists, only=[EXERCISE]).rows[0].total == 6
    assert nbgrader(make_book(*lists))[1][:2] == [EXERCISE, "2026-05-01 23:59:00+00:00"]


def test_the_notes_name_the_exercise_that_is_dropped_as_the_lowest() -> None:
    course = load_course(COURSE)
    course = replace(course, policy=Policy(drop_lowest=1))
    full = typed(make_result("aiko", criteria=im2col_criteria()))
    less = [make_criterion("Convolution.forward.stride", "failed", max_points=4)]
    results = [full, typed(make_result("aiko", exercise="03_convolution", criteria=less))]
    table = plain(make_book(results, Corrections(), HandIns(), course, ClassList()))
    assert table[2][3:] == [6.0, 0.0, 6.0, 6.0, "03_convolution: lowest, does not count"]
