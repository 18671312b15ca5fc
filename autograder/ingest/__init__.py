"""An untrusted file becomes the student's cells; nothing in it is run or imported here."""

from autograder.ingest.locate import Found, Submission, locate
from autograder.ingest.read import Notebook, Unreadable, read_notebook

__all__ = ["Found", "Notebook", "Submission", "Unreadable", "locate", "read_notebook"]
