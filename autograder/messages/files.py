"""Messages for students about files that cannot be read."""

from __future__ import annotations

from autograder.errors import UnreadableSubmission
from autograder.messages.catalogue import catalogue
from autograder.text import Text


def message(unreadable: UnreadableSubmission) -> Text:
    """What is wrong with the file and what to do about it."""
    return catalogue("files").text(unreadable.fault, **unreadable.values)
