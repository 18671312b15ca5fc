"""From a download to grades: the commands, their exit statuses, and what is said where."""

from __future__ import annotations

import csv

import pytest

from tests.collect.conftest import zipped
from tests.handed_in import IM2COL, book

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
        scores = {(row["student"], row["exercise"]): row["score"] for row in csv.DictReader(file)}
    assert scores == {("Jane Doe", "02_im2col"): "9", ("Ken Ito", "02_im2col"): "0"}
    page = (out / "index.html").read_text("utf-8")
    assert "stray.txt" in page
    assert "Aoi Ito" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no.zip", "--out", "submitted"], "no such file"),
        (["file.txt", "--out", "submitted"], "neither a zip archive nor a folder"),
        (["file.txt", "--out", "file.txt"], "is a file"),
    ],
)
def test_what_cannot_be_collected_is_said_in_a_line(autograder, tmp_path, arguments, said):
    (tmp_path / "file.txt").write_text("no zip")
    at = [tmp_path / text if "." in text or text == "submitted" else text for text in arguments]
    done = autograder("collect", *at)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
