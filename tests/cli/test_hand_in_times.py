"""Where hand-in times come from, and where they do not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from autograder.cli.collected import arrivals_of, from_collecting, people_of
from autograder.course.policy import Policy
from autograder.ingest import discover
from autograder.ingest.hand_ins import HandIn, HandIns, updated
from autograder.ingest.hand_ins_codec import decode, encode
from autograder.messages.hand_ins import remarks, remarks_for_instructor
from autograder.report.late import unknown_extensions
from tests.handed_in import book

HEADER = "archive,file,status,student,exercise,kept_as,handed_in\n"


def times(root: Path) -> dict[str, str]:
    found = discover([root], ["02_im2col", "03_convolution"], None)
    arrivals = arrivals_of(found, None)
    return {Path(file).parent.name: one.time for file, one in arrivals.items()}


def write(root: Path, name: str, table: str) -> None:
    (root / name).mkdir(parents=True)
    (root / name / "02_im2col.ipynb").write_bytes(book("x = 1"))
    (root / name / "03_convolution.ipynb").write_bytes(book("x = 1"))
    if table:
        (root / "collected.csv").write_text(HEADER + table)


def test_collected_csv_beside_the_students_says_it(tmp_path):
    line = "a.zip,x,counts,{0},02_im2col,{0}/02_im2col.ipynb,2026-05-01T10:00:00+00:00\n"
    write(tmp_path, "jane", "")
    write(tmp_path, "ken", line.format("jane"))
    assert times(tmp_path) == {"jane": "2026-05-01T10:00:00+00:00"}


def test_collected_csv_in_what_a_student_hands_in_says_nothing(tmp_path):
    line = "a.zip,x,counts,mallory,02_im2col,02_im2col.ipynb,2020-01-01T10:00:00+00:00\n"
    write(tmp_path, "mallory", "")
    (tmp_path / "mallory" / "collected.csv").write_text(HEADER + line)
    assert times(tmp_path / "mallory") == {}


def test_nbgraders_time_stamp_beside_a_notebook(tmp_path):
    for name in ("jane", "ken"):
        folder = tmp_path / name / "02_im2col"
        folder.mkdir(parents=True)
        (folder / "02_im2col.ipynb").write_bytes(book("x = 1"))
    stamp = tmp_path / "jane" / "02_im2col" / "timestamp.txt"
    stamp.write_text("2026-05-01 10:00:00.5 UTC\n")
    outside = tmp_path.parent / "stamp.txt"
    outside.write_text("2026-05-01 10:00:00 UTC\n")
    (tmp_path / "ken" / "02_im2col" / "timestamp.txt").symlink_to(outside)
    found = discover([tmp_path], ["02_im2col"], None)
    arrivals = arrivals_of(found, None)
    assert [one.time for one in arrivals.values()] == ["2026-05-01T10:00:00.500000+00:00"]


ROSTER = "student,id,name\njane,s1,Jane Doe\nken,s2,Ken Ito\n"


def test_what_the_platform_marks_as_late_is_told_where_no_time_is_known(tmp_path):
    (tmp_path / "jane").mkdir()
    for exercise in ("02_im2col", "03_convolution"):
        (tmp_path / "jane" / f"{exercise}.ipynb").write_bytes(book("x = 1"))
    (tmp_path / "collected.csv").write_text(
        f"{HEADER.strip()},late\n"
        "a.zip,x,counts,jane,02_im2col,jane/02_im2col.ipynb,,late\n"
        "a.zip,y,counts,jane,03_convolution,jane/03_convolution.ipynb,2026-05-01T10:00Z,late\n"
    )
    found = discover([tmp_path], ["02_im2col", "03_convolution"], None)
    hand_ins = decode(encode(updated(HandIns(), found, None, arrivals_of(found, None))))
    marked, timed = hand_ins.hand_ins
    [said] = remarks(marked)
    assert "marks this as late" in said["en"]
    assert remarks_for_instructor(marked) == (said,)
    assert remarks(timed) == (), "the policy decides"


def test_an_extension_of_nobody_is_said_with_who_may_be_meant(tmp_path):
    write(tmp_path, "jane", "a.zip,x,counts,jane,02_im2col,jane/02_im2col.ipynb,\n")
    (tmp_path / "roster.csv").write_text(ROSTER)
    file = str(tmp_path / "jane" / "02_im2col.ipynb")
    hand_ins = HandIns(hand_ins=(HandIn("jane", "02_im2col", file),))
    due = {"02_im2col": datetime(2026, 5, 3, tzinfo=UTC)}
    policy = Policy(extensions={"jane": due, "jnae": due, "ken": due})
    [text] = unknown_extensions(policy, hand_ins, people_of(hand_ins))
    assert "extension of 'jnae' changes nothing" in text["en"]
    assert text["en"].endswith("perhaps 'jane'")
    assert "「jnae」という受講者が（まだ）いない" in text["ja"]


def test_who_is_not_in_the_roster_is_said_with_every_grading(tmp_path):
    rows = "a.zip,{0},counts,{0},02_im2col,{0}/02_im2col.ipynb,\n"
    write(tmp_path, "jane", "")
    write(tmp_path, "lost", rows.format("jane") + rows.format("lost"))
    assert [*from_collecting([tmp_path])] == []
    (tmp_path / "roster.csv").write_text(ROSTER)
    [notice] = from_collecting([tmp_path])
    line = notice.text["en"]
    assert line.startswith("1 student is not in the roster: lost.")
