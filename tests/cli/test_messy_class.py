"""A class as it really comes in: nothing vanishes, nobody takes another's place, all is said."""

from __future__ import annotations

import csv
import json
import os
import unicodedata
from pathlib import Path

import pytest

from tests.handed_in import IM2COL, book, results

RIGHT, STUB = book(IM2COL), book("x = 1")


def table(out: Path) -> dict[str, dict[str, str]]:
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {f"{row['student']} {row['exercise']}".strip(): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def messy(tmp_path_factory, autograder):
    """``(in, out, what was printed, exit status)``."""
    root = tmp_path_factory.mktemp("in")
    apart = unicodedata.normalize("NFD", "がくせい")
    for name, content in {
        "taro/02_im2col/02_im2col.ipynb": STUB,
        "taro/02_im2col/02_im2col (1).ipynb": RIGHT,
        "alice/02_im2col.ipynb": RIGHT,
        "ALICE/02_im2col.ipynb": STUB,
        "がくせい/02_im2col.ipynb": RIGHT,
        f"{apart}/02_im2col.ipynb": STUB,
        "hana/Untitled(1).ipynb": RIGHT,
        "ken/mystery.ipynb": STUB,
        "yuki/02_im2col/02_im2col.py": b"import numpy as np\n",
        "02_im2col.ipynb": STUB,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (root / "nao").mkdir()
    for name in ("佐藤", "加藤"):
        folder = os.fsencode(root) + b"/" + name.encode("cp932")
        os.mkdir(folder)  # noqa: PTH102 (a name that is no text)
        with open(folder + b"/02_im2col.ipynb", "wb") as file:  # noqa: PTH123
            file.write(RIGHT.replace(b"{", '{"名": "表",'.encode("cp932"), 1))
    (root / "mallory").mkdir()
    (root / "mallory" / "02_im2col.ipynb").symlink_to("../alice/02_im2col.ipynb")
    out = tmp_path_factory.mktemp("out") / "graded"
    done = autograder("grade", root, "--out", out, "--jobs", 2)
    return root, out, done.stderr + done.stdout, done.returncode


def test_everybody_who_can_be_graded_is_graded(messy):
    _, out, text, status = messy
    assert status == 1, "some could not be graded"
    assert "Traceback" not in text
    rows = table(out)
    scores = {name: row["score"] for name, row in rows.items()}
    assert {name: scores[f"{name} 02_im2col"] for name in ("taro", "alice", "ALICE", "hana")} == {
        "taro": "9",
        "alice": "9",
        "ALICE": "0",
        "hana": "9",
    }
    assert {scores["佐藤 02_im2col"], scores["加藤 02_im2col"]} == {"9"}
    assert (rows["mallory 02_im2col"]["status"], scores["mallory 02_im2col"]) == ("unreadable", "0")


def test_two_forms_of_a_name_are_two_rows(messy):
    rows = [row for name, row in table(messy[1]).items() if name.startswith("がくせい")]
    assert sorted(row["score"] for row in rows) == ["0", "9"]
    assert {row["folder"] for row in rows} >= {"がくせい"}
    assert len({row["student"] for row in rows}) == 2


def test_who_cannot_be_graded_is_in_the_tables_with_the_reason(messy):
    _, out, text, _ = messy
    rows, page = table(out), (out / "index.html").read_text("utf-8")
    assert "mystery.ipynb" in rows["ken"]["note"]
    assert "empty" in rows["nao"]["note"]
    assert "Python script" in rows["yuki 02_im2col"]["note"]
    (line,) = (one for one in text.splitlines() if "cannot be read, and have 0 points" in one)
    assert "yuki · 02_im2col" in line
    for name in ("ken", "nao", "yuki"):
        assert f"<bdi>{name}</bdi>" in page
        assert name in text


def test_what_else_was_handed_in_is_said_everywhere(messy):
    root, out, text, _ = messy
    for place in (
        text,
        (out / "index.html").read_text("utf-8"),
        (out / "feedback" / "taro" / "02_im2col.html").read_text("utf-8"),
        table(out)["taro 02_im2col"]["note"],
    ):
        assert "02_im2col (1).ipynb" in place
        assert "02_im2col.ipynb (" in place
    assert f"{root}/02_im2col.ipynb: this notebook is named like an exercise" in text
    known = json.loads((out / "hand-ins.json").read_text("utf-8"))
    (taro,) = (one for one in known["hand_ins"] if one["student"] == "taro")
    assert [other["file"] for other in taro["others"]] == ["taro/02_im2col/02_im2col.ipynb"]


def test_an_old_encoding_is_read_and_reported(messy):
    out = messy[1]
    assert "cp932" in table(out)["佐藤 02_im2col"]["note"]
    assert "cp932" in (out / "index.html").read_text("utf-8")


def test_a_run_without_alice_leaves_no_row_of_hers_and_one_with_her_brings_it_back(
    messy, autograder, tmp_path
):
    root, out, _, _ = messy
    before = table(out)
    (root / "ALICE").rename(tmp_path / "ALICE")
    done = autograder("grade", root, "--out", out)
    assert "no longer submitted" in done.stderr
    assert table(out).keys() == before.keys() - {"ALICE 02_im2col"}
    assert "ALICE/02_im2col" in results(out), "her result is kept"
    assert autograder("report", out).returncode == 0
    assert table(out).keys() == before.keys() - {"ALICE 02_im2col"}
    (tmp_path / "ALICE").rename(root / "ALICE")
    done = autograder("grade", root, "--out", out)
    assert "9 unchanged" in done.stdout  # a link has no bytes by which to know it again
    assert table(out) == before


def test_a_class_of_which_nothing_can_be_graded_still_has_its_page(autograder, tmp_path):
    for name in ("ken", "nao"):
        (tmp_path / "in" / name).mkdir(parents=True)
    done = autograder("grade", tmp_path / "in", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert table(tmp_path / "out").keys() == {"ken", "nao"}
    assert "nothing to grade" in done.stderr
