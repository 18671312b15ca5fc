"""What a hidden suite is written with; see docs/adding-an-exercise.md."""

from autograder.suite.assertions import keeps_dtype, raises, same, unchanged
from autograder.suite.criteria import criterion

__all__ = ["criterion", "keeps_dtype", "raises", "same", "unchanged"]
