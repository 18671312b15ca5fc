"""An untrusted file becomes the student's cells; nothing in it is run or imported here."""

from autograder.errors import UnreadableSubmission
from autograder.ingest.discover import Found, Submission, discover
from autograder.ingest.parse import Notebook, read_notebook

__all__ = ["Found", "Notebook", "Submission", "UnreadableSubmission", "discover", "read_notebook"]
