"""Headings and other fixed texts of the feedback page and the class page."""

from __future__ import annotations

from autograder.messages.catalogue import catalogue

PAGES = catalogue("pages", "class_page", "similar", "questions")
say = PAGES.say
text = PAGES.text
