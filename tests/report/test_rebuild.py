"""`autograder report DIR`: pages from the files that lie there, whatever lies there."""

import json

import pytest

from autograder.errors import IncompleteReport
from autograder.report import rebuild


@pytest.fixture
def out(tmp_path, a_class):
    for result in a_class.values():
        put(tmp_path, result)
    return tmp_path


def put(out, result, student=None):
    path = out / "results" / (student or result["student"]) / f"{result['exercise']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result), encoding="utf-8")
    return path


def everything(out):
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and "results" not in path.parts
    }


def test_every_result_has_its_page_and_its_row(out, a_class, course):
    assert len(rebuild(out, course, "en").results) == len(a_class)
    for result in a_class.values():
        assert (out / "feedback" / result["student"] / f"{result['exercise']}.html").is_file()
    assert len((out / "grades.csv").read_text("utf-8").splitlines()) == len(a_class) + 1
    assert (out / "index.html").is_file()


def test_the_same_results_give_the_same_bytes_and_leave_nothing_behind(out, course):
    rebuild(out, course, "en")
    first = everything(out)
    rebuild(out, course, "en")
    assert everything(out) == first
    assert {name.rpartition(".")[2] for name in first} == {"html", "csv"}


def test_without_a_course_pages_fall_back_to_ids(out, a_class):
    assert len(rebuild(out, None, "ja").results) == len(a_class)
    assert "im2col.stride" in (out / "index.html").read_text("utf-8")


def test_an_empty_folder_gives_an_empty_class(tmp_path):
    assert not rebuild(tmp_path, None, "en").results
    assert "There are no results" in (tmp_path / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (b"", "Expecting value"),
        (b'{"schema_version": 1', "Expecting"),
        (b"\xff\xfe\x00", "decode"),
        (b"[" * 100_000, "recursion"),
        (b"[]", "has the wrong type"),
        (b"{}", "missing"),
        (b'{"score": ' + b"9" * 5000 + b"}", "digits"),
    ],
)
def test_a_damaged_file_is_named_and_stops_nothing(out, a_class, course, damage, problem):
    (out / "results" / "aiko" / "02_im2col.json").write_bytes(damage)
    with pytest.raises(IncompleteReport, match=problem) as caught:
        rebuild(out, course, "en")
    assert caught.value.problems[0].startswith("results/aiko/02_im2col.json: ")
    assert len(caught.value.problems) == 1
    assert caught.value.written == len(a_class) - 1
    assert "results/aiko/02_im2col.json" in (out / "index.html").read_text("utf-8")
    assert not (out / "feedback" / "aiko" / "02_im2col.html").exists()
    assert (out / "feedback" / "aiko" / "03_convolution.html").exists()
    assert "aiko,02_im2col" not in (out / "grades.csv").read_text("utf-8")


def test_a_score_too_large_for_a_float_is_damage(out, course, a_class):
    put(out, a_class["full"] | {"max_score": 10**400})
    with pytest.raises(IncompleteReport, match=r"^results/aiko/02_im2col\.json: "):
        rebuild(out, course, "en")


def test_a_result_in_anothers_place_overwrites_nobodys_page(out, course, a_class):
    put(out, a_class["full"], student="ben")
    with pytest.raises(IncompleteReport, match="contains the result of 'aiko'"):
        rebuild(out, course, "en")
    assert not (out / "feedback" / "ben").exists()
