"""From a download to grades: the commands, their exit statuses, and what is said where."""

from __future__ import annotations

import csv
import json
import os
import shutil

import pytest

from tests.collect.conftest import zipped
from tests.handed_in import IM2COL, book, results
from tests.paths import ROOT

RIGHT = book(IM2COL)


def test_from_a_download_to_grades(autograder, tmp_path):
    download = tmp_path / "CS101-02_im2col-77.zip"
    download.write_bytes(
        zipped(
            {
                "Jane Doe_1_assignsubmission_file_/work.ipynb": RIGHT,
                "Ken Ito_2_assignsubmission_file_/work.zip": zipped({"a/b.ipynb": book("x = 1")}),
                "stray.txt": b"?",
            }
        )
    )
    roster = tmp_path / "class.csv"
    roster.write_text("id,name\ns1,Jane Doe\ns2,Ken Ito\ns3,Aoi Ito\n")
    submitted, out = tmp_path / "submitted", tmp_path / "out"
    done = autograder("collect", download, "--out", submitted, "--roster", roster)
    assert done.returncode == 1, "stray.txt needs somebody"
    assert "2 notebooks of 2 students" in done.stdout
    assert "stray.txt: whose it is is unknown" in done.stderr
    done = autograder("grade", submitted, "--out", out)
    assert "1 student of the roster handed in nothing: Aoi Ito" in done.stderr
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [(row["student"], row["exercise"], row["score"]) for row in rows] == [
        ("Aoi Ito", "", ""),
        ("Jane Doe", "02_im2col", "9"),
        ("Ken Ito", "02_im2col", "0"),
    ]
    assert rows[0]["note"] == "Nothing was handed in."
    page = (out / "index.html").read_text("utf-8")
    assert "stray.txt" in page
    [aoi] = [row for row in page.split("<tr")[1:] if "Aoi Ito" in row]
    assert "Not handed in" in aoi
    assert "unreadable" not in aoi
    done = autograder("correct", out, "Aoi Ito", "02_im2col", "--excused", "--comment", "Ill.")
    assert done.returncode == 0, done.stderr
    assert "Aoi Ito,02_im2col,,,excused" in (out / "grades.csv").read_text("utf-8")


def test_who_hands_in_later_is_no_longer_absent(autograder, tmp_path):
    submitted, out, download = tmp_path / "submitted", tmp_path / "out", tmp_path / "02_im2col.zip"
    roster = tmp_path / "class.csv"
    roster.write_text("id,name\ns1,Jane Doe\ns2,Ken Ito\n")
    for names in (("Jane Doe_1",), ("Jane Doe_1", "Ken Ito_2")):
        files = {f"{name}_assignsubmission_file_/work.ipynb": RIGHT for name in names}
        download.write_bytes(zipped(files))
        done = autograder("collect", download, "--out", submitted, "--roster", roster)
        assert done.returncode == 0, done.stderr
        done = autograder("grade", submitted, "--out", out)
        assert done.returncode == 0, done.stderr
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        assert [row["score"] for row in csv.DictReader(file)] == ["9", "9"]
    assert "absent" not in (out / "hand-ins.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no.zip", "--out", "submitted"], "no such file"),
        (["file.txt", "--out", "submitted"], "neither a zip archive nor a folder"),
        (["README.md", "--out", "submitted"], "folder. Give the zip of the learning platform, or"),
        (["hand-ins.rar", "--out", "submitted"], "folder. Unpack it, and give the folder"),
        (["file.txt", "--out", "file.txt"], "is a file"),
        (["a.pipe", "--out", "submitted"], "is a pipe or a device. Save it as a file first"),
    ],
)
def test_what_cannot_be_collected_is_said_in_a_line(autograder, tmp_path, arguments, said):
    for name in ("file.txt", "README.md", "hand-ins.rar"):
        (tmp_path / name).write_text("no zip")
    os.mkfifo(tmp_path / "a.pipe")
    at = [tmp_path / text if "." in text or text == "submitted" else text for text in arguments]
    done = autograder("collect", *at)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_lateness_is_shown_everywhere_and_costs_no_criterion(autograder, tmp_path):
    course = tmp_path / "course"
    for name in ("solutions", "tests/hidden", "source_lib", "assignments"):
        shutil.copytree(ROOT / name, course / name)
    with (course / "solutions" / "course.toml").open("a") as file:
        file.write(
            "[policy]\nlate_per_day = 0.1\n[policy.deadlines]\n02_im2col = 2026-05-01T23:59:00Z\n"
            '[policy.extensions."ken"]\n02_im2col = 2026-05-09T23:59:00Z\n'
        )
    folder = "{}+02_im2col+2026-05-02 10:00:00 UTC+x/nb.ipynb"
    archive = tmp_path / "inbound.zip"
    archive.write_bytes(zipped({folder.format(name): RIGHT for name in ("jane", "ken")}))
    submitted, out = tmp_path / "submitted", tmp_path / "out"
    assert autograder("collect", archive, "--out", submitted, "--course", course).returncode == 0
    autograder("grade", submitted, "--out", out, "--course", course)
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {name: (row["score"], row["final"]) for name, row in rows.items()} == {
        "jane": ("9", "8.1"),
        "ken": ("9", "9"),
    }
    said = "9 − 10 % late = 8.1"
    assert said in rows["jane"]["note"]
    for page in ("index.html", "feedback/jane/02_im2col.html", "feedback/jane/index.html"):
        assert said in (out / page).read_text("utf-8"), page
    assert "late =" not in (out / "feedback/ken/02_im2col.html").read_text("utf-8")
    assert results(out)["jane/02_im2col"]["score"] == 9
    for target, sums in (("nbgrader", {"9,0.9,8.1,", "9,0,9,"}), ("csv", {said, ",8.1,"})):
        file = tmp_path / "exported"
        done = autograder("export", out, "--to", target, "--out", file, "--course", course)
        assert done.returncode == 0, done.stderr
        assert all(text in file.read_text("utf-8") for text in sums), file.read_text("utf-8")
    autograder("export", out, "--to", "gradescope", "--out", tmp_path / "gs", "--course", course)
    tree = json.loads((tmp_path / "gs/jane/02_im2col/results.json").read_text("utf-8"))
    assert tree["score"] == 8.1
    assert said in tree["output"]
