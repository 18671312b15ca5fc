"""Link a test function of a hidden suite to the criterion that it decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Test = TypeVar("Test", bound=Callable[..., Any])
_ATTRIBUTE = "__criterion_id__"


def criterion(identifier: str) -> Callable[[Test], Test]:
    """Mark a test function as deciding the criterion ``identifier`` of ``exercise.toml``."""

    def mark(test: Test) -> Test:
        setattr(test, _ATTRIBUTE, identifier)
        return test

    return mark


def criterion_id(test: object) -> str | None:
    """The criterion that a test function decides; None for any other function."""
    found = getattr(test, _ATTRIBUTE, None)
    return found if isinstance(found, str) else None
