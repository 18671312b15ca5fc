"""Collecting again: nothing collected before is lost, and the platform's times count."""

from __future__ import annotations

from datetime import UTC, datetime

from autograder.collect import table
from autograder.collect.files import Fate
from tests.collect.conftest import JANE, KEN, YAML, notebook, rows, zipped

A, B, C = notebook("a"), notebook("b"), notebook("c")


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
