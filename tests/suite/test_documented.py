"""docs/adding-an-exercise.md names everything that a suite can use."""

from __future__ import annotations

import inspect

import pytest

from autograder import suite
from autograder.suite.collected import CollectedTests
from autograder.suite.inputs import Make
from autograder.suite.proxy import Answer
from tests.paths import ROOT

PAGE = (ROOT / "docs" / "adding-an-exercise.md").read_text(encoding="utf-8")
SECTION = PAGE.split("### Everything a suite can use")[1].split("\n### ")[0]
METHODS = {name for of in (Make, Answer) for name in vars(of) if not name.startswith("_")}


@pytest.mark.parametrize("name", [*suite.__all__, *sorted(METHODS)])
def test_it_is_listed(name: str) -> None:
    assert f"`{name}" in SECTION or f".{name}" in SECTION


def test_its_fixtures_are_listed() -> None:
    source = inspect.getsource(CollectedTests)
    names = [
        block.split("def ")[1].split("(")[0] for block in source.split("@pytest.fixture\n")[1:]
    ]
    assert len(names) == 3
    assert all(f"`{name}`" in SECTION for name in names)
