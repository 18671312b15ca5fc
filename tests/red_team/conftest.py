"""Fixtures of the red team's tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.red_team.attacks import notebooks

NotebookOf = Callable[[str], tuple[str, list[str]]]


@pytest.fixture(scope="session")
def hostile() -> NotebookOf:
    """See `notebooks.hostile`."""
    return notebooks.hostile
