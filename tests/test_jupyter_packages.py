"""Jupyter's packages are imported without a grammar that takes a second, and work without it."""

from __future__ import annotations

import subprocess
import sys

from tests.paths import ROOT

GENERATED = """
import sys
from autograder.generate.metadata import require_author_extra
require_author_extra()
import nbformat
from nbgrader.preprocessors import CheckCellMetadata
assert "jsonschema" in sys.modules
assert "lark" not in sys.modules, "the grammar has been parsed"
assert "rfc3987_syntax" not in sys.modules
nbformat.validate(nbformat.v4.new_notebook())
try:
    nbformat.validate({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]})
except nbformat.ValidationError:
    print("refused")
"""

IMPORTED_BEFORE = """
import sys
import jsonschema
before = set(sys.modules)
from autograder.jupyter_packages import import_jsonschema
import_jsonschema()
assert set(sys.modules) - before <= {"autograder", "autograder.jupyter_packages"}
print("unchanged")
"""


def said(code: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_notebooks_are_generated_and_validated_without_the_grammar() -> None:
    assert said(GENERATED) == "refused"


def test_who_has_imported_jsonschema_keeps_it_as_it_is() -> None:
    assert said(IMPORTED_BEFORE) == "unchanged"
