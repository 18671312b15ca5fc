"""A traceback of ours in one line: what it says in the end, and where in the course."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.suite.tracebacks import summarize

ROOT = Path("/a course")

PYTHONS = """\
Traceback (most recent call last):
  File "/site/autograder/suite/plugin.py", line 131, in pytest_pyfunc_call
    pyfuncitem.obj(**arguments)
  File "/a course/tests/hidden/test_02_im2col.py", line 16, in test_one
    same(student.f(1), source_lib.f(1))
  File "/a course/source_lib/sizes.py", line 7, in f
    raise ValueError("no such size.")
ValueError: no such size.
"""

PYTESTS = """\
ImportError while importing test module '/a course/tests/hidden/test_02_im2col.py'.
Traceback:
tests/hidden/test_02_im2col.py:9: in <module>
    import no_such_module
E   ModuleNotFoundError: No module named 'no_such_module'
"""


@pytest.mark.parametrize(
    ("note", "short"),
    [
        (PYTHONS, "source_lib/sizes.py:7: ValueError: no such size"),
        (
            PYTESTS,
            "tests/hidden/test_02_im2col.py:9: "
            "ModuleNotFoundError: No module named 'no_such_module'",
        ),
        (PYTHONS.replace("/a course", "/elsewhere"), "ValueError: no such size"),
        ("2 tests decide im2col.stride", "2 tests decide im2col.stride"),
        ("", "there is no reason given"),
    ],
    ids=["Python's", "pytest's", "of another place", "a sentence", "nothing"],
)
def test_a_note_in_short(note: str, short: str) -> None:
    assert summarize(note, ROOT) == short
