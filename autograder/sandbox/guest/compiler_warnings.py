"""Parse and compile without warnings, which are about the student's code and nobody reads.

`warnings.catch_warnings` does more than that, and takes as long as compiling a short statement.
"""

from __future__ import annotations

import warnings
from typing import Any


class _WithoutWarnings:
    """None of the student's code may run meanwhile, nor another of these blocks."""

    _ALL: tuple[Any, ...] = ("ignore", None, Warning, None, 0)

    def __enter__(self) -> None:
        """Ignore all warnings."""
        self._before = warnings.filters
        warnings.filters = [self._ALL]

    def __exit__(self, *_error: object) -> None:
        """Restore what the notebook had set."""
        warnings.filters = self._before


without_warnings = _WithoutWarnings()
