"""Headings and other fixed texts of the feedback page and the class page."""

from __future__ import annotations

import re

from autograder.messages.catalogue import catalogue
from autograder.status import Status
from autograder.text import Text

PAGES = catalogue("pages", "class_page", "similar", "questions")
say = PAGES.say
text = PAGES.text

_UNWRITTEN = re.compile(r"`[^`]+` has not been written yet\.")


def status_key(status: Status, message: Text) -> str:
    """The key of a status in words: a part that is still a stub is there, and not written."""
    stub = status is Status.MISSING and _UNWRITTEN.match(message["en"])
    return "unwritten" if stub else str(status)
