"""Find submissions and read the student's cells from untrusted files, without running anything."""

from autograder.errors import UnreadableSubmission
from autograder.ingest.discover import discover
from autograder.ingest.parse import Notebook, read_notebook
from autograder.ingest.recognize import Handout, Handouts
from autograder.ingest.submission import (
    Discovered,
    NotCounted,
    NotGraded,
    Other,
    Submission,
    Ungraded,
)

__all__ = [
    "Discovered",
    "Handout",
    "Handouts",
    "NotCounted",
    "NotGraded",
    "Notebook",
    "Other",
    "Submission",
    "Ungraded",
    "UnreadableSubmission",
    "discover",
    "read_notebook",
]
