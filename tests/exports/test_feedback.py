"""`autograder feedback`: pages in the form in which they are given back."""

from __future__ import annotations

import io
import mailbox
import zipfile
from contextlib import closing
from email.utils import parseaddr
from pathlib import Path

import pytest

from autograder.cli import feedback
from autograder.cli.parser import make_parser
from autograder.ingest.hand_ins import HandIn, HandIns, UngradedRecord
from autograder.ingest.hand_ins_codec import encode
from autograder.ingest.submission import NotGraded
from tests.exports.conftest import COURSE, FORMULA

EXERCISE = "02_im2col"
STUDENTS = {"aiko", "山田 花子", "chiyo", "dai", "emi", FORMULA}


def run(*arguments: object) -> int:
    words = ["feedback", *map(str, arguments), "--course", str(COURSE)]
    return feedback.run(make_parser().parse_args(words))


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    folder = tmp_path / "submitted"
    folder.mkdir()
    rows = [
        f"a.zip,x.ipynb,counts,{student},{EXERCISE},,,,{source}_assignsubmission_file_,,"
        for student, source in (("aiko", "Aiko T_1234567"), ("山田 花子", "山田 花子_1234568"))
    ]
    head = "archive,file,status,student,exercise,kept_as,handed_in,late,source,sha256,note"
    (folder / "collected.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return folder


def read(path: Path) -> list[mailbox.mboxMessage]:
    with closing(mailbox.mbox(path)) as box:
        return [*box]


def moodle_reads(path: str) -> tuple[str, str, str, str]:
    """What Moodle takes from a path of its archive: number, kind and name of plugin, file."""
    folder, _, file = path.partition("/")
    _, number, kind, plugin, rest = folder.split("_", 4)
    assert rest == ""
    return number, kind, plugin, file


def test_moodles_archive_has_its_own_folder_names(
    out: Path, submitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(out, "--to", "moodle", "--out", tmp_path / "m", "--submitted", submitted) == 1
    with zipfile.ZipFile(tmp_path / "m" / f"{EXERCISE}.zip") as archive:
        names = archive.namelist()
        page = archive.read(names[0])
    assert names[0] == f"Aiko T_1234567_assignsubmission_file_/{EXERCISE}.html"
    assert {moodle_reads(name)[:3] for name in names} == {
        ("1234567", "assignsubmission", "file"),
        ("1234568", "assignsubmission", "file"),
    }
    assert page == (out / "feedback" / "aiko" / f"{EXERCISE}.html").read_bytes()
    assert "dai, 02_im2col: Moodle's number of the submission is unknown" in capsys.readouterr().err


def test_who_was_not_collected_has_the_number_of_the_worksheet_given_to_collect(
    out: Path, submitted: Path, tmp_path: Path
) -> None:
    """Such as somebody with points for an oral exam. Each assignment has its own number."""
    (submitted / "roster.csv").write_text(
        "student,id,name,moodle_numbers\n"
        f"dai,4,dai,{EXERCISE}:1234571 03_convolution:99\nemi,5,emi,03_convolution:98\n"
    )
    table = submitted / "collected.csv"
    table.write_text(table.read_text("utf-8").replace("Aiko T_1", "Aiko_T_1"), encoding="utf-8")
    run(out, "--to", "moodle", "--out", tmp_path / "m", "--submitted", submitted)
    with zipfile.ZipFile(tmp_path / "m" / f"{EXERCISE}.zip") as archive:
        names = archive.namelist()
    numbers = {moodle_reads(name)[0] for name in names}
    assert numbers == {"1234567", "1234568", "1234571"}


def test_moodles_number_is_that_of_the_file_that_was_graded(
    out: Path, submitted: Path, tmp_path: Path
) -> None:
    """A second collect may have put another file first, perhaps one for another assignment."""
    table = submitted / "collected.csv"
    kept = f"aiko/old/{EXERCISE} (1).ipynb"
    row = f"b.zip,x,earlier,aiko,{EXERCISE},{kept},,,Aiko T_99_assignsubmission_file_,,"
    table.write_text(f"{table.read_text('utf-8')}{row}\n", encoding="utf-8")
    graded = HandIn("aiko", EXERCISE, str(submitted / kept))
    (out / "hand-ins.json").write_text(encode(HandIns(hand_ins=(graded,))), encoding="utf-8")
    run(out, "--to", "moodle", "--out", tmp_path / "m")
    with zipfile.ZipFile(tmp_path / "m" / f"{EXERCISE}.zip") as archive:
        assert f"Aiko T_99_assignsubmission_file_/{EXERCISE}.html" in archive.namelist()


def test_who_handed_in_no_notebook_gets_the_page_too(
    out: Path, submitted: Path, tmp_path: Path
) -> None:
    table = submitted / "collected.csv"
    source = "dai_1234569_assignsubmission_file_"
    kept = f"a.zip,y.pdf,kept,dai,{EXERCISE},dai/{EXERCISE}/y.pdf,,,{source},,"
    table.write_text(f"{table.read_text('utf-8')}{kept}\n", encoding="utf-8")
    run(out, "--to", "moodle", "--out", tmp_path / "m", "--submitted", submitted)
    with zipfile.ZipFile(tmp_path / "m" / f"{EXERCISE}.zip") as archive:
        assert f"{source}/{EXERCISE}.html" in archive.namelist()


def test_an_exercise_that_was_not_handed_in_on_moodle_takes_one_line(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(out, "--to", "moodle", "--out", tmp_path / "m", "--dry-run") == 1
    said = [line for line in capsys.readouterr().err.splitlines() if "Moodle's number" in line]
    assert len(said) == 1
    assert f"{EXERCISE}: Moodle's number is unknown for all" in said[0]


def test_a_worksheet_as_roster_tells_the_numbers_too(out: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "worksheet.csv"
    sheet.write_text(
        "Identifier,Full name,Email address,Status,Grade\nParticipant 77,dai,dai@example.org,,\n"
    )
    run(out, "--to", "moodle", "--out", tmp_path / "m", "--roster", sheet)
    with zipfile.ZipFile(tmp_path / "m" / f"{EXERCISE}.zip") as archive:
        assert archive.namelist() == [f"dai_77_assignsubmission_file_/{EXERCISE}.html"]


def test_each_student_gets_a_zip_with_the_pages_as_corrected_now(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(out, "--to", "zip", "--out", tmp_path / "z") == 0
    assert {path.stem for path in (tmp_path / "z").iterdir()} == STUDENTS
    with zipfile.ZipFile(tmp_path / "z" / "山田 花子.zip") as archive:
        assert archive.namelist() == ["index.html", f"{EXERCISE}.html"]
        assert "Nearly." in archive.read(f"{EXERCISE}.html").decode()
    assert "chiyo, 02_im2col: points still wait for you" in capsys.readouterr().err


def test_mails_go_to_the_addresses_of_the_roster_and_nobody_else(
    out: Path, roster: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with roster.open("a", encoding="utf-8") as file:
        file.write('s4,dai,"dai@example.org, aiko@example.org",dai\n')
    path = tmp_path / "f.mbox"
    where = (out, "--to", "mail", "--out", path, "--roster", roster)
    assert run(*where, "--lang", "ja", "--sender", "me@example.org") == 1
    said = capsys.readouterr().err
    assert "chiyo: no address is known" in said
    assert "dai: 'dai@example.org, aiko@example.org' is not an address" in said
    messages = {parseaddr(message["To"])[1]: message for message in read(path)}
    assert {*messages} == {"aiko@example.org", "hanako@example.org"}
    aiko = messages["aiko@example.org"]
    text, attached = aiko.get_payload()
    assert aiko["From"] == "me@example.org"
    assert "フィードバック" in text.get_payload(decode=True).decode()
    with zipfile.ZipFile(io.BytesIO(attached.get_payload(decode=True))) as archive:
        page = archive.read(f"{EXERCISE}.html")
    assert page == (out / "feedback" / "aiko" / f"{EXERCISE}.html").read_bytes()


def test_a_grade_without_a_hand_in_is_given_back_too(
    out: Path, submitted: Path, roster: Path, tmp_path: Path
) -> None:
    """To the number that Moodle's worksheet has for everybody who takes part."""
    with (out / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write("mary,02_im2col,*,3,,Oral exam.\n")
    graded = [HandIn("aiko", EXERCISE, str(submitted / "aiko.ipynb"))]
    mary = UngradedRecord("mary", str(submitted / "roster.csv"), NotGraded.ABSENT)
    (out / "hand-ins.json").write_text(
        encode(HandIns(hand_ins=tuple(graded), ungraded=(mary,))), encoding="utf-8"
    )
    with roster.open("a", encoding="utf-8") as file:
        file.write("s5,mary,mary@example.org,mary\n")
    where = ("--roster", roster, "--exercise", EXERCISE)
    run(out, "--to", "mail", "--out", tmp_path / "f.mbox", *where)
    messages = {parseaddr(message["To"])[1]: message for message in read(tmp_path / "f.mbox")}
    page = messages["mary@example.org"].get_payload()[1].get_payload(decode=True).decode()
    assert "Oral exam." in page
    sheet = tmp_path / "worksheet.csv"
    sheet.write_text("Identifier,Full name,Email address\nParticipant 78,mary,mary@example.org\n")
    run(out, "--to", "moodle", "--out", tmp_path / "m", "--roster", sheet)
    with zipfile.ZipFile(tmp_path / "m" / f"{EXERCISE}.zip") as archive:
        name = f"mary_78_assignsubmission_file_/{EXERCISE}.html"
        assert "Oral exam." in archive.read(name).decode()


def test_a_class_without_any_address_takes_one_line(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(out, "--to", "mail", "--out", tmp_path / "f.mbox") == 1
    (line,) = (line for line in capsys.readouterr().err.splitlines() if "address" in line)
    assert f"no address is known for any of {len(STUDENTS)} students" in line


def test_a_single_exercise_is_attached_as_a_page(out: Path, roster: Path, tmp_path: Path) -> None:
    path = tmp_path / "f.mbox"
    run(out, "--to", "mail", "--out", path, "--roster", roster, "--exercise", EXERCISE)
    kinds = {message.get_payload()[1].get_content_type() for message in read(path)}
    assert kinds == {"text/html"}


@pytest.mark.parametrize("to", ["moodle", "zip", "mail"])
def test_a_dry_run_lists_and_writes_nothing(
    out: Path, roster: Path, submitted: Path, capsys: pytest.CaptureFixture[str], to: str
) -> None:
    before = {path.name for path in out.iterdir()}
    run(out, "--to", to, "--roster", roster, "--submitted", submitted, "--dry-run")
    listed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert any("aiko" in line.lower() for line in listed)
    pages = {"feedback", "index.html", "grades.csv"}
    assert {path.name for path in out.iterdir()} - before <= pages
