"""Choose between a criterion's outcomes at two times: when its part was defined, and at the end.

A later cell that overwrites a name must not break what worked before it (see `guest.worlds`). The
better outcome counts, and the student is told which name was overwritten, and where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograder.sandbox.host.session import Overwritten
from autograder.status import Status
from autograder.suite.outcome import Outcome
from autograder.suite.remarks import OverwrittenLater

_RANK = {Status.PASSED: 3, Status.CARRIED: 3, Status.FAILED: 2, Status.ERROR: 1, Status.TIMEOUT: 1}


def better_outcome(
    at_the_end: Outcome, when_defined: Outcome, changes: Sequence[Overwritten]
) -> Outcome:
    """The better outcome; if that is the earlier one, with a remark about the changes."""
    if _RANK.get(when_defined.status, 0) <= _RANK.get(at_the_end.status, 0):
        return at_the_end
    remark = OverwrittenLater(tuple(changes), counts=when_defined.status is Status.PASSED)
    return replace(when_defined, remarks=(*when_defined.remarks, remark))
