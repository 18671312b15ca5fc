"""The API for writing hidden suites; see docs/adding-an-exercise.md."""

from autograder.suite.assertions import (
    agrees,
    as_before,
    keeps_dtype,
    keeps_weights,
    measured,
    numbers,
    raises,
    same,
    unchanged,
)
from autograder.suite.criteria import criterion
from autograder.suite.evidence import Suspect, acquits, convicts
from autograder.suite.inputs import generator
from autograder.suite.ladder import counting, ladder, mixed, written
from autograder.suite.setup_cells import given
from autograder.suite.vectorised import no_more_work

__all__ = [
    "Suspect",
    "acquits",
    "agrees",
    "as_before",
    "convicts",
    "counting",
    "criterion",
    "generator",
    "given",
    "keeps_dtype",
    "keeps_weights",
    "ladder",
    "measured",
    "mixed",
    "no_more_work",
    "numbers",
    "raises",
    "same",
    "unchanged",
    "written",
]
