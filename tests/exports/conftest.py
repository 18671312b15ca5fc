"""A run's folder with a class in which everything occurs that an export has to get right."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.cli import export
from autograder.cli.parser import make_parser
from tests.report.conftest import im2col_criteria
from tests.results import make_criterion, make_result

COURSE = Path(__file__).parents[1] / "report" / "course"
FAILED = {"status": "failed", "points": 0, "message": {"en": "Values differ.", "ja": "値が違う。"}}
FORMULA = '=HYPERLINK("x");=1+1'

Export = Callable[..., int]


def add(out: Path, result: dict[str, Any]) -> None:
    path = out / "results" / result["student"] / f"{result['exercise']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """aiko has all points, 山田 花子 lacks one, chiyo's wait for the instructor, dai's file is
    unreadable, emi is excused, and one student's name is a formula."""
    out = tmp_path / "graded"
    open_points = {"im2col__padding": {"status": "grader_error", "points": 0}}
    unreadable = [
        make_criterion(c["id"], "missing", max_points=c["max_points"], message=FAILED["message"])
        for c in im2col_criteria()
    ]
    add(out, make_result("aiko", criteria=im2col_criteria()))
    add(out, make_result("山田 花子", criteria=im2col_criteria(im2col__stride=FAILED)))
    waits = make_result("chiyo", criteria=im2col_criteria(**open_points), status="grader_error")
    add(out, waits)
    add(out, make_result("dai", criteria=unreadable, status="unreadable"))
    add(out, make_result("emi", criteria=im2col_criteria(im2col__stride=FAILED)))
    add(out, make_result(FORMULA, criteria=im2col_criteria()))
    (out / "corrections.csv").write_text(
        "student,exercise,criterion,points,excused,comment\n"
        "emi,02_im2col,*,,yes,Ill.\n"
        "山田 花子,02_im2col,im2col.padding,0.5,,Nearly.\n",
        encoding="utf-8",
    )
    return out


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(
        "id,name,email,login\n"
        "s1,Aiko,aiko@example.org,aiko\n"
        "s2,山田 花子,hanako@example.org,hanako\n"
        "s9,Zoe Absent,zoe@example.org,zoe\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def run_export() -> Export:
    def run(*arguments: object) -> int:
        words = ["export", *map(str, arguments), "--course", str(COURSE)]
        return export.run(make_parser().parse_args(words))

    return run
