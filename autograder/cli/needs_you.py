"""What `grade` leaves for the instructor to decide, said in every run until it is decided.

A run over an unchanged class reads no results: it repeats what was found when the tables were
written, which is current as long as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from autograder.ingest.hand_ins import HandIns
from autograder.report import Shown
from autograder.status import ResultStatus
from autograder.text import abbreviated, counted

MAX_LISTED = 9
"""Names in a line."""


@dataclass(frozen=True)
class NeedsYou:
    """Whose results wait for the instructor, each by name and exercise.

    Attributes:
        unreadable: their file cannot be read, and nothing has been decided about it.
        withheld: their points are withheld after an error of the grader.
        questions: points of questions are open.
    """

    unreadable: Sequence[str] = ()
    withheld: Sequence[str] = ()
    questions: Sequence[str] = ()

    @classmethod
    def of(cls, shown: Shown, hand_ins: HandIns) -> NeedsYou:
        """What the results of a folder say, whichever run they are from."""
        unreadable, withheld, questions = [], [], []
        for result in shown.results:
            if hand_ins.is_gone(result.student, result.exercise):
                continue
            one = shown.corrections.apply(result)
            who = f"{hand_ins.name(result.student)} · {result.exercise}"
            whole = one.whole is not None and one.whole.decides
            if result.status is ResultStatus.UNREADABLE and not whole:
                unreadable.append(who)
            asked = {each.question.id for each in one.asked}
            if not asked.isdisjoint(one.open):
                questions.append(who)
            if not asked.issuperset(one.open):
                withheld.append(who)
        return cls(unreadable, withheld, questions)

    @classmethod
    def again(cls, recorded: Mapping[str, Sequence[str]]) -> NeedsYou:
        """What an earlier run has found, from its record."""
        return cls(**{field.name: recorded.get(field.name, ()) for field in fields(cls)})

    def record(self) -> dict[str, Sequence[str]]:
        """For the record of the run."""
        return asdict(self)

    def lines(self, out: Path, said: Collection[str]) -> Iterator[str]:
        """What to print.

        Args:
            out: the folder of the run.
            said: those whose withheld points are reported already.
        """
        if some := self.unreadable:
            one = len(some) == 1
            yield (
                f"{counted(len(some), 'file')} cannot be read, and {'has' if one else 'have'} 0 "
                f"points ({abbreviated([*some], MAX_LISTED)}): "
                f"{'its page says' if one else 'their pages say'} why"
            )
        if some := [who for who in self.withheld if who not in said]:
            yield (
                f"points are withheld after an error of the grader "
                f"({abbreviated(some, MAX_LISTED)}): grade again, or decide with "
                f"`autograder correct {out}`"
            )
        if some := self.questions:
            yield (
                f"{counted(len(some), 'hand-in waits', 'hand-ins wait')} for points of questions "
                f"that you grade ({abbreviated([*some], MAX_LISTED)}): "
                f"`autograder questions {out}` shows the answers"
            )
