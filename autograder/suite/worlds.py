"""Choose between a criterion's outcomes in two worlds: when its part was defined, and at the end.

A later cell that overwrites a name must not cost what worked before it (`guest.worlds`). The better
outcome counts, and the student reads which name was overwritten, and where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograder.sandbox.host.session import Overwritten
from autograder.status import Status
from autograder.suite.outcome import Outcome
from autograder.text import Text

_RANK = {Status.PASSED: 3, Status.CARRIED: 3, Status.FAILED: 2, Status.ERROR: 1, Status.TIMEOUT: 1}


def better(at_the_end: Outcome, when_defined: Outcome, changes: Sequence[Overwritten]) -> Outcome:
    """The better outcome; if that is the earlier world's, its message names the changes."""
    if _RANK.get(when_defined.status, 0) <= _RANK.get(at_the_end.status, 0):
        return at_the_end
    said = when_defined.message
    note = _counts(changes) if when_defined.status is Status.PASSED else _judged_before(changes)
    return replace(when_defined, message=Text(f"{said.en} {note.en}".strip(), said.ja + note.ja))


def _listed(changes: Sequence[Overwritten]) -> Text:
    return Text(
        ", ".join(f"cell {change.cell + 1} overwrites `{change.name}`" for change in changes),
        "、".join(f"セル {change.cell + 1} で `{change.name}`" for change in changes),
    )


def _counts(changes: Sequence[Overwritten]) -> Text:
    what = _listed(changes)
    return Text(
        f"It was right where you wrote it, so it counts. Later {what.en}, and from there on it "
        "no longer works: use another name there.",
        f"書いた時点では正しく動いていたので、得点になります。ただし、あとの{what.ja}が上書きされ、"
        "そこからは動かなくなります。別の名前を使ってください。",
    )


def _judged_before(changes: Sequence[Overwritten]) -> Text:
    what = _listed(changes)
    return Text(
        f"(This is how it was where you wrote it; later {what.en}.)",
        f"(書いた時点での結果です。あとの{what.ja}が上書きされています。)",
    )
