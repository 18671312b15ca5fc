"""Tell, while the host waits, whether the student's code computes or is idle.

Code stops itself when its time is up (`guest.timeouts`), unless it never returns to the interpreter
or has disabled its timers. Only the wall-time limit would stop it then, and that has to be generous
on busy machines. So the host asks the session's trusted supervisor how much CPU time the code has
used and whether it is asleep. Neither depends on the load: code that is waiting for a processor is
not asleep.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from autograder.sandbox.host.limits import Budget
from autograder.sandbox.host.reference_calls import OnlyWaited
from autograder.sandbox.protocol import wire

LOOK_S = 0.25
"""Seconds between two questions to the supervisor; most calls are over before the first."""

SPARE = 0.25
"""By which share of it the host's limit of idleness exceeds the guest's own."""

MOSTLY_IDLE = 0.25
"""Code that is asleep at the end of an interval counts as idle all the time if it has computed for
less than this share of it."""

MAX_IDLE_TIME_S = 8.0


class Used(NamedTuple):
    """CPU seconds that a session's processes have used.

    Attributes:
        busiest_s: the most that one of them has used.
        all_s: the sum. Processes that cells have started may have used more than the call's own.
        asleep: whether none of them runs, or waits for a processor or the disk.
    """

    busiest_s: float
    all_s: float
    asleep: bool = False


CpuTime = Callable[[], "Used | None"]
"""Asks the supervisor; None if it cannot be told."""


@dataclass
class IdleTime:
    """How long a notebook's calls have been idle altogether, in seconds of wall time."""

    seconds: float = 0.0


@dataclass
class Watch:
    """Watches one call, or one statement.

    Args:
        budget: of the call.
        used: asks the supervisor.
        spare_s: CPU seconds by which the host's limit may exceed the guest's own, which should be
            reached first: it leaves the process alive. At most as many as the limit itself.
        idle_time: of all calls so far. With too much, one call may be idle as long as in a notebook
            that has stalled (`Budget.stalled`).
    """

    budget: Budget
    used: CpuTime
    spare_s: float = 1.0
    idle_time: IdleTime = field(default_factory=IdleTime)
    _before: Used | None = None
    _asleep_s: float = 0.0

    def wait(
        self, sock: socket.socket, deadline: float, is_over: Callable[[], bool] = lambda: False
    ) -> None:
        """Return once there is something to read, or the deadline has passed.

        Args:
            sock: what is read from.
            deadline: ``time.monotonic()``.
            is_over: asked now and then whether to return, because what is watched has ended.

        Raises:
            wire.TooLate: the code has used up its time without being stopped, or only waits.
        """
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        look_s = min(LOOK_S, SPARE * self.budget.idle_s)
        last: tuple[float, Used] | None = None
        while (left := deadline - time.monotonic()) > 0:
            if poll.poll(1000 * min(look_s, left)):
                return
            if is_over():
                return
            used = self.used()
            if used is None:
                continue
            now = time.monotonic()
            if last is not None and _is_mostly_idle(last[1], used, now - last[0]):
                self._asleep_s += now - last[0]
                self.idle_time.seconds += now - last[0]
            last = now, used
            self._before = self._before or used
            self._judge(used, self._before)

    def _judge(self, used: Used, before: Used) -> None:
        budget = self.budget if self.idle_time.seconds < MAX_IDLE_TIME_S else self.budget.stalled()
        computed_s = used.busiest_s - before.busiest_s
        if computed_s > budget.call_cpu_s + min(budget.call_cpu_s, self.spare_s):
            raise wire.TooLate("it could not be stopped when its time was up")
        if self._asleep_s > (1 + SPARE) * budget.idle_s:
            raise OnlyWaited("it waits, and could not be stopped")


def _is_mostly_idle(before: Used, now: Used, seconds: float) -> bool:
    return now.asleep and now.all_s - before.all_s < MOSTLY_IDLE * seconds
