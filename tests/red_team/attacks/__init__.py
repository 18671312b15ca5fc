"""The table of attacks: what each tries, and the verdict that it must get.

An attack is a notebook that somebody might hand in. `docs/isolation.md` lists them all
(``python -m tests.red_team.attacks`` writes the list), `test_attacks` hands them in as one class at
every level, as root and as an ordinary user.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.red_team.attacks import (
    answers,
    channels,
    cheats,
    endless,
    evidence,
    feedback,
    guesses,
    hooks,
    kernel,
    loading,
    messages,
    odd_values,
    sessions,
    supplied,
)
from tests.red_team.attacks.notebooks import hostile


@dataclass(frozen=True)
class Attack:
    """One notebook.

    Attributes:
        kind: what it has in common with others.
        tries: what it tries, in a few words.
        exercise: the exercise that it is handed in for.
        cells: its code cells.
        may_earn: the criteria that it is right about; the others earn nothing.
        never_shown: what no message may contain.
        must_say: what a message must contain, so that the attack has been tried at all.
    """

    kind: str
    tries: str
    exercise: str
    cells: tuple[str, ...]
    may_earn: frozenset[str] = frozenset()
    never_shown: str = ""
    must_say: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Unique in the table."""
        return f"{self.kind}: {self.tries}"

    @property
    def verdict(self) -> str:
        """The verdict that it must get, in a few words."""
        if self.must_say:
            return "refused; earns nothing"
        if self.never_shown:
            return "earns nothing and is not shown"
        return "earns only what it is right about" if self.may_earn else "earns nothing"


REFUSED = ("PermissionError", "OSError", "FileNotFoundError", "ProcessLookupError", "ValueError")


def _table() -> Iterator[Attack]:
    def one(
        kind: str,
        tries: str,
        book: tuple[str, list[str]],
        shown: str = "",
        said: tuple[str, ...] = (),
    ) -> Attack:
        return Attack(kind, tries, book[0], tuple(book[1]), never_shown=shown, must_say=said)

    for kind, attacks in {
        "NumPy is changed": cheats.NUMPY,
        "searching for answers": cheats.HUNTS,
        "forged answers": cheats.FORGERIES,
        "breaking the session": cheats.BREAKS,
        "plain wrong answers": cheats.PLAIN,
        "heavy answers": endless.HEAVY,
        "never ending": endless.ENDLESS,
        **sessions.KINDS,
    }.items():
        yield from (one(kind, name, hostile(source)) for name, source in attacks.items())
    for name, source in channels.ATTACKS.items():
        yield one("abuse of channels", name, hostile(channels.SOCKETS + source))
    for name, cells in channels.DEAR.items():
        yield one("abuse of channels", name, ("03_convolution", cells))
    for name, book in supplied.ATTACKS.items():
        yield one("abuse of what is supplied", name, book)
    for name, answer in answers.ANSWERS.items():
        cells = ["import numpy as np", answers.TWICE.format(answer=answer)]
        yield one("answers that are expensive to compare", name, ("03_convolution", cells))
    shapes = frozenset({"SimpleConvNet.__init__.parameter_shapes"})
    for name, source in answers.CALLBACKS.items():
        cells = ("import numpy as np", answers.NETWORK, source)
        yield Attack("abuse of callbacks", name, "06_simple_convnet", cells, shapes)
    right = frozenset(f"im2col.{name}" for name in cheats.ALL_BUT_VECTORISED)
    for name, source in cheats.COUNTED.items():
        yield Attack("loops that are hidden", name, "02_im2col", (cheats.LOOPS, source), right)
    for name, guess in guesses.GUESSES.items():
        for exercise in guesses.EXERCISES:
            cells = [f"import numpy as np\ndef guess(shape, x): return {guess}", guesses.SHAPES]
            yield one("guesses of the right shape", f"{name}, in {exercise}", (exercise, cells))
    for name, source in feedback.ATTACKS.items():
        yield one("hidden inputs in feedback", name, hostile(source), shown=feedback.SECRET)
    for kind, attacks in kernel.KINDS.items():
        for name, statement in attacks.items():
            source = kernel.PRELUDE.format(statement=statement)
            yield one(kind, name, hostile(source), kernel.GOT_THROUGH, REFUSED)
    later = {
        **hooks.KINDS,
        **odd_values.KINDS,
        **messages.KINDS,
        "cells that never end": loading.LOADING,
    }
    for kind, attacks in later.items():
        yield from (one(kind, name, hostile(source)) for name, source in attacks.items())
    for name, source in evidence.ATTACKS.items():
        yield one("evidence that is expensive to examine", name, ("09_bug_hunt", [source]))


TABLE = {attack.id: attack for attack in _table()}
