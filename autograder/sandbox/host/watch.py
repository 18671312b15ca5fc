"""While a call is awaited: is the student's code computing, or is it only keeping the grader?

Code stops itself when its time is up (`guest.timeouts`), unless it never returns to the
interpreter, or has disarmed its clocks. All that would stop it then is the limit of wall time,
which has to be generous for busy machines. So the host asks the session's supervisor, which is
trusted, how much CPU time the code has used, which does not depend on how busy the machine is.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from autograder.sandbox.host.limits import Budget
from autograder.sandbox.protocol import wire

LOOK_S = 0.25
"""Seconds after which the supervisor is asked, again and again: most calls are over by then."""

SPARE = 0.25
"""By which share of it the host's limit of idleness exceeds the guest's own."""

IDLE = 0.02
"""As ``guest.timeouts.IDLE``: the share of the limit in CPU time below which nothing computes."""


class Used(NamedTuple):
    """CPU seconds that a session's processes have used.

    Attributes:
        busiest_s: the most that one of them has used.
        all_s: the sum. Processes that cells have started may have used more than the call's own.
    """

    busiest_s: float
    all_s: float


CpuTime = Callable[[], "Used | None"]
"""Asks the supervisor; None if it cannot be told."""


@dataclass
class Watch:
    """Watches one call.

    Args:
        budget: of the call.
        used: asks the supervisor.
    """

    budget: Budget
    used: CpuTime
    _before: Used | None = None

    def wait(self, sock: socket.socket, deadline: float) -> None:
        """Return once there is something to read, or the deadline has passed.

        Raises:
            wire.TooLate: the code has used up its time without being stopped, or only waits.
        """
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        began = time.monotonic()
        look_s = min(LOOK_S, SPARE * self.budget.idle_s)
        while (left := deadline - time.monotonic()) > 0:
            if poll.poll(1000 * min(look_s, left)):
                return
            used = self.used()
            if used is None:
                continue
            self._before = self._before or used
            self._judge(used, self._before, time.monotonic() - began)

    def _judge(self, used: Used, before: Used, waited_s: float) -> None:
        budget = self.budget
        computed_s = used.busiest_s - before.busiest_s
        # The code's own clocks should go off first: they leave the process alive.
        if computed_s > budget.call_cpu_s + min(budget.call_cpu_s, 1.0):
            raise wire.TooLate("it could not be stopped when its time was up")
        least_s = IDLE * min(budget.call_cpu_s, budget.idle_s)
        if used.all_s - before.all_s < least_s and waited_s > (1 + SPARE) * budget.idle_s:
            raise wire.TooLate("it waits, and could not be stopped")
