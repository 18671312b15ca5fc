"""Record what each criterion requests of notebooks that pass, and their answers.

A test draws the same inputs for every notebook, so its requests are the same as long as the answers
are right; they can be sent ahead (`autograder.sandbox.host.pipelining`). And its verdict depends on
the answers alone: if they equal, byte for byte, those of a notebook that passed, this one passes
too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.sandbox.host.pipelining import Requests
from autograder.sandbox.host.shared_process import SharedConversation
from autograder.suite.case import Case

MAX_RECORDINGS = 4
"""Recordings of a criterion that are kept: notebooks spell names differently."""

MAX_ANSWERS = 64
"""Answers that are kept for one of them. Right code differs in rounding only, if at all."""

Spelling = tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
"""(expected name, the notebook's, (expected method, the notebook's) …) of each that is used."""


@dataclass
class Recording:
    """What a criterion requested of a notebook that passed it.

    Attributes:
        spelling: the names used.
        requests: what was requested.
        passing: answers with which it passed (`pipelining.digest`).
        balance: how much more often tests made these requests than others.
    """

    spelling: Spelling
    requests: Requests
    passing: dict[bytes, None] = field(default_factory=dict)
    balance: int = 0

    def passes_with(self, answers: bytes) -> None:
        """Keep answers with which the criterion was passed."""
        self.passing[answers] = None
        if len(self.passing) > MAX_ANSWERS:
            del self.passing[next(iter(self.passing))]


@dataclass
class KnownRequests:
    """Recordings by exercise, criterion and salt."""

    _recordings: dict[tuple[str, str, str], list[Recording]] = field(default_factory=dict)

    def recording(self, case: Case, salt: str) -> Recording | None:
        """How the criterion is probably requested of this notebook; None if unknown."""
        for recording in self._recordings.get(_key(case, salt), ()):
            if all(_is_spelt(case, *each) for each in recording.spelling):
                return recording
        return None

    def learn(self, case: Case, salt: str, conversation: SharedConversation) -> None:
        """Keep what was requested of a notebook that has passed."""
        made = conversation.made()
        if made is None:
            return
        new = Recording(_spelling(case, conversation.names_used), made)
        recordings = self._recordings.setdefault(_key(case, salt), [])
        for place, recording in enumerate(recordings):
            if recording.spelling == new.spelling:
                if recording.balance < 0:
                    recordings[place] = new
                return
        recordings.insert(0, new)
        del recordings[MAX_RECORDINGS:]


def _key(case: Case, salt: str) -> tuple[str, str, str]:
    return case.exercise.id, case.criterion.id, salt


def _spelling(case: Case, used: set[str]) -> Spelling:
    owners = case.names.owners
    expected = {theirs: name for name, theirs in owners.items()}
    pairs = [(expected.get(theirs, theirs), theirs) for theirs in sorted(used)]
    return tuple((name, theirs, _methods(case, name)) for name, theirs in pairs)


def _methods(case: Case, name: str) -> tuple[tuple[str, str], ...]:
    methods: Mapping[str, str] = case.names.methods.get(name, {})
    return tuple(sorted(methods.items()))


def _is_spelt(case: Case, name: str, theirs: str, methods: tuple[tuple[str, str], ...]) -> bool:
    is_defined = theirs in case.session.defined and case.names.owner(name) == theirs
    return is_defined and _methods(case, name) == methods
