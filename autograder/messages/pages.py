"""What the feedback page and the class page say themselves, beside what was found."""

from __future__ import annotations

from autograder.messages.catalogue import catalogue

PAGES = catalogue("pages")
say = PAGES.say
text = PAGES.text
