"""The student's code as seen by a suite: its functions and classes, by name."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from autograder.sandbox.host.conversation import SuiteBug
from autograder.sandbox.host.session import Conversation, StudentFailure
from autograder.suite.naming import Names
from autograder.suite.proxy import Answer, named


class StudentMissing(StudentFailure):
    """The suite uses a name that the notebook does not define."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NotAsked(SuiteBug):
    """A suite's own mistake: it misspells a name that students are to define."""


class Student:
    """The student's own functions and classes, by name.

    Args:
        conversation: with the student's code.
        defined: what the notebook defines.
        names: how the notebook spells the course's names.
        asked: the names that this exercise and those it builds on ask for.

    Raises (on attribute access):
        StudentMissing: the notebook does not define that name.
        NotAsked: nor does it, and the name looks like one of ``asked`` misspelt.
    """

    def __init__(
        self,
        conversation: Conversation,
        defined: Mapping[str, Any],
        names: Names | None = None,
        asked: Collection[str] = (),
    ) -> None:
        self._conversation = conversation
        self._defined = defined
        self._names = names or Names()
        self._asked = asked

    def __getattr__(self, name: str) -> Answer:
        if name.startswith("__"):
            raise AttributeError(name)
        theirs = self._names.owner(name)
        if theirs not in self._defined:
            meant = difflib.get_close_matches(name, self._asked, n=1, cutoff=0.75)
            if meant and name not in self._asked:
                raise NotAsked(f"the suite uses student.{name}: is student.{meant[0]} meant?")
            raise StudentMissing(name)
        return named(self._conversation, theirs, self._names.methods.get(name, {}))
