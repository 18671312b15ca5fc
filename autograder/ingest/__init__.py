"""An untrusted file becomes the student's cells; nothing in it is run or imported here."""

from autograder.errors import UnreadableSubmission
from autograder.ingest.discover import discover
from autograder.ingest.parse import Notebook, read_notebook
from autograder.ingest.recognize import Handout, Handouts
from autograder.ingest.submission import Found, NotGraded, Other, Submission, Ungraded, Why

__all__ = [
    "Found",
    "Handout",
    "Handouts",
    "NotGraded",
    "Notebook",
    "Other",
    "Submission",
    "Ungraded",
    "UnreadableSubmission",
    "Why",
    "discover",
    "read_notebook",
]
