"""A course in one language: no command and no page speaks of another."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from autograder.synthetic.notebooks import from_sources

pytestmark = pytest.mark.slow

WRONG = "def frame_area(height, width, border=1):\n    return height * width\n"


@pytest.fixture
def autograder(mini, tmp_path):
    def run(command: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        options = ["--course", mini.root]
        if command in {"grade", "check", "verify"}:
            options += ["--trust-students", "--isolation", "limits"]
        if command in {"grade", "verify"}:
            options += ["--jobs", "1"]
        words = map(str, [sys.executable, "-m", "autograder", command, *arguments, *options])
        return subprocess.run([*words], capture_output=True, text=True, timeout=300, check=False)

    path = tmp_path / "submitted" / "aiko" / "01_area.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(from_sources([("code", WRONG)]))
    return run


@pytest.fixture(params=["en", "ja"])
def lang(request, mini) -> str:
    mini.replace(mini.settings, '["en", "ja"]', f'["{request.param}"]')
    return request.param


OTHER = {"en": "ja", "ja": "en"}
TITLE = {"en": "Areas", "ja": "面積"}


def test_it_is_generated_and_verified(autograder, mini, lang):
    assert "wrote 2 notebooks" in autograder("generate").stdout
    assert [path.name for path in (mini.root / "assignments").iterdir()] == [lang]
    done = autograder("verify")
    assert done.returncode == 0, done.stdout
    assert "The course is correct" in done.stdout


def test_a_submission_is_graded_and_told_in_it(autograder, tmp_path, lang):
    out = tmp_path / "out"
    done = autograder("grade", tmp_path / "submitted", "--out", out)
    assert done.returncode == 0, done.stderr
    result = json.loads((out / "results" / "aiko" / "01_area.json").read_text("utf-8"))
    said = [criterion["message"] for criterion in result["criteria"]]
    assert all(message["en"] == message["ja"] for message in said)
    assert {message["en"].isascii() for message in said if message["en"]} == {lang == "en"}
    for page in (out / "feedback" / "aiko" / "01_area.html", out / "index.html"):
        text = page.read_text("utf-8")
        assert f'<html lang="{lang}">' in text
        assert TITLE[lang] in text
        assert TITLE[OTHER[lang]] not in text
        assert "switch-" not in text.partition("</style>")[2], "nothing to switch to"
        assert f'lang="{OTHER[lang]}"' not in text.partition("</style>")[2]


def test_another_language_is_refused(autograder, tmp_path, lang):
    other = OTHER[lang]
    for command, *arguments in (
        ("grade", tmp_path / "submitted", "--out", tmp_path / "out"),
        ("check", tmp_path / "submitted" / "aiko" / "01_area.ipynb"),
        ("generate",),
    ):
        done = autograder(command, *arguments, "--lang", other)
        assert done.returncode == 2, done.stdout
        assert f"the course is not written in '{other}'; choose from {lang}" in done.stderr


def test_assignments_in_a_language_that_was_dropped_are_named(autograder, mini):
    autograder("generate")
    mini.replace(mini.settings, '["en", "ja"]', '["en"]')
    done = autograder("generate", "--check")
    assert done.returncode == 1
    assert "ja/01_area.ipynb: belongs to no exercise or language of the course" in done.stderr
