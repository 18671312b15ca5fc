"""`check` in a CI: result.json, the job summary, the minimum score, and the workflow for them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess

import pytest

from autograder.cli.min_score import MinScore
from autograder.cli.parser import make_parser
from autograder.cli.summary import escaped
from tests.handed_in import IM2COL, book
from tests.paths import ROOT


def test_json_a_summary_and_a_minimum(autograder, tmp_path):
    notebook, summary = tmp_path / "02_im2col.ipynb", tmp_path / "summary.md"
    notebook.write_bytes(book(IM2COL))
    summary.write_text("what other steps wrote\n")
    arguments = [notebook, "--json", "--summary", summary]
    done = autograder("check", *arguments, "--min-score", "50%")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["score"] == 9
    text = summary.read_text("utf-8")
    assert text.startswith("what other steps wrote\n")
    assert ": 9 / 17\n" in text
    assert text.count("| ✅ |") + text.count("| ❌ |") == len(json.loads(done.stdout)["criteria"])
    done = autograder("check", *arguments, "--min-score", "9.5")
    assert done.returncode == 1
    assert json.loads(done.stdout)["score"] == 9, "whole all the same"
    assert "9 of 17 points are less than 9.5" in done.stderr


@pytest.mark.parametrize(
    ("text", "score", "reached"),
    [
        ("60%", 10.2, True),
        ("60%", 10.19, False),
        ("17", 17.0, True),
        ("17", 16.99, False),
        ("0", 0.0, True),
    ],
)
def test_a_minimum_is_points_or_per_cent(text, score, reached):
    assert MinScore.parse(text).reached(score, 17.0) is reached


@pytest.mark.parametrize("text", ["", "%", "half", "-1", "nan", "inf%"])
def test_what_is_no_minimum_is_wrong_usage(text):
    with pytest.raises(ValueError, match="neither points nor per cent"):
        MinScore.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>",
        "[a](https://x)",
        "![a](https://x)",
        "a | b",
        "`code`",
        "**b**",
        "https://x.y",
        "@me",
    ],
)
def test_nothing_that_a_student_writes_is_markup(text):
    assert not re.search(r"[<>\[\]()|`*_!@:\\#](?!\d+;)", escaped(text).replace("&#", "&"))


WORKFLOW = (ROOT / "docs" / "workflows" / "grade.yml").read_text("utf-8")


def test_the_commands_of_the_workflow_are_those_of_the_program():
    commands = re.findall(r"^ *(autograder [^>|]+)", WORKFLOW, re.M)
    assert commands
    for command in commands:
        options = make_parser().parse_args(shlex.split(command)[1:])
        assert options.json
        assert options.min_score == MinScore(60, True)


def test_the_workflow_finds_notebooks_where_publish_puts_them(tmp_path):
    """Runs its step with a stub of the program that says what it was given."""
    yaml = pytest.importorskip("yaml")
    (step,) = (
        one
        for one in yaml.safe_load(WORKFLOW)["jobs"]["grade"]["steps"]
        if one.get("name") == "Grade behind the wall"
    )
    for file, text in {
        "assignments/en/01_windows.ipynb": "handout",
        "assignments/en/02_im2col.ipynb": "handout",
        "assignments/ja/02_im2col.ipynb": "handout (ja)",
        "submission/en/01_windows.ipynb": "handout",
        "submission/en/02_im2col.ipynb": "handout",
        "submission/ja/02_im2col.ipynb": "work",
        "bin/autograder": '#!/bin/sh\necho "$2"\nexit 1\n',
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)
    (tmp_path / "bin" / "autograder").chmod(0o755)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env=os.environ
        | {
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        },
    )
    assert done.returncode == 1, "less than the minimum is a red job"
    assert (tmp_path / "02_im2col.json").read_text() == "submission/ja/02_im2col.ipynb\n"
    assert not (tmp_path / "01_windows.json").exists()
    assert (tmp_path / "summary.md").read_text() == "## 01_windows: nothing has been handed in\n"


def test_the_workflow_gives_students_no_token_and_no_right():
    yaml = pytest.importorskip("yaml")
    tree = yaml.safe_load(WORKFLOW)
    assert tree["permissions"] == {"contents": "read"}
    assert {*tree[True]} == {"schedule", "workflow_dispatch"}, "`on`, which YAML takes for true"
    steps = [step for job in tree["jobs"].values() for step in job["steps"]]
    checkouts = [step["with"] for step in steps if "checkout" in step.get("uses", "")]
    assert len(checkouts) == 3
    assert all(one["persist-credentials"] is False for one in checkouts)
    assert not any("secrets." in step.get("run", "") for step in steps)
