"""Limits of one session in resources, and of one notebook in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

MARGIN = 2.0
"""How far over its limit a call must be to count as a timeout for certain."""

MAX_STALLS = 3
"""Stalled calls after which what else is asked of a part that stalls gets the shortest budget."""

FEEDBACK_CPU_S, FEEDBACK_WALL_S = 0.1, 2.0
"""Limits of a call that is made for feedback only (`Attempt.EXTRA`)."""


class Attempt(Enum):
    """Which attempt at a criterion it is."""

    ONLY = "only"
    FIRST = "first"
    """A timeout leads to a second attempt, and counts only if that one times out as well."""
    AGAIN = "again"
    """With `Budget.with_room`."""
    SHORT = "short"
    """The part has been shown to be endless: with `Budget.shortened`."""
    EXTRA = "extra"
    """For feedback, not for points: with `Budget.for_feedback`. A timeout counts for nothing."""


@dataclass(frozen=True)
class Limits:
    """Limits of one session. Exceeding one affects only that session.

    Attributes:
        memory_mb: memory of all processes of the session together, and address space of each
            process beyond what the zygote already maps.
        file_mb: size of one file.
        scratch_mb: all files of the session together.
        processes: processes and threads of the session together.
        open_files: file descriptors of one process.
        cpu_s: CPU seconds of one process: a backstop behind the shorter time limits inside.
    """

    memory_mb: int = 2048
    file_mb: int = 32
    scratch_mb: int = 64
    processes: int = 24
    open_files: int = 64
    cpu_s: int = 120


@dataclass(frozen=True)
class Budget:
    """Time limits in seconds. CPU time decides wherever possible, so that load changes no grade.

    A call that never returns costs its criterion ``call_cpu_s``. Once ``max_timeouts`` criteria of
    a notebook have timed out, or ``generous_wall_s`` have passed since it was loaded, its calls get
    ``shortened_cpu_s`` each (still hundreds of times what the reference takes), so that a class
    does not wait twenty times for the same endless loop; after four times as many, half of that.
    """

    cell_s: float = 10.0
    cells_s: float = 20.0
    call_cpu_s: float = 3.0
    call_wall_s: float = 10.0
    total_wall_s: float = 180.0
    max_timeouts: int = 2
    generous_wall_s: float = 45.0
    shortened_cpu_s: float = 0.5
    shortened_wall_s: float = 1.5
    grace_s: float = 3.5
    """By how much the host's deadline of a call exceeds the guest's own."""
    idle_s: float = 4.0
    """Wall time after which a call that has hardly computed anything is stopped, and in which an
    answer that has begun has to arrive: nothing that is graded has to wait for anything."""
    cell_idle_s: float = 8.0
    """The same for a statement of a cell: a demonstration may wait, but for nothing that counts."""
    host_cpu_s: float = 10.0
    """CPU seconds of the trusted side for all criteria of a submission together."""

    def for_attempt(self, attempt: Attempt, timeouts: int, stalls: int, used_s: float) -> Budget:
        """The budget of an attempt, given what the notebook has used up already.

        Args:
            attempt: which one it is.
            timeouts: how many calls of the notebook have timed out.
            stalls: how many have waited, or could not be stopped.
            used_s: wall time since it was loaded.
        """
        if timeouts >= 4 * self.max_timeouts:
            budget = self.shortest()
        elif (
            timeouts >= self.max_timeouts
            or used_s > self.generous_wall_s
            or attempt is Attempt.SHORT
        ):
            budget = self.shortened()
        else:
            budget = self
        if stalls:
            budget = budget.stalled()
            if attempt is Attempt.SHORT and stalls >= MAX_STALLS:
                budget = budget.shortest()
        if attempt is Attempt.AGAIN:
            return budget.with_room()
        return budget.for_feedback() if attempt is Attempt.EXTRA else budget

    def with_room(self) -> Budget:
        """The budget of a second attempt: a busy machine makes the same work cost more CPU time."""
        return replace(
            self,
            call_cpu_s=self.call_cpu_s * MARGIN,
            call_wall_s=self.call_wall_s * MARGIN,
        )

    def for_feedback(self) -> Budget:
        """The budget of calls with inputs of a few numbers, which take right code a millisecond."""
        return replace(
            self,
            call_cpu_s=min(self.call_cpu_s, FEEDBACK_CPU_S),
            call_wall_s=min(self.call_wall_s, FEEDBACK_WALL_S),
            grace_s=min(self.grace_s, 0.5),
        )

    def stalled(self) -> Budget:
        """The budget of a notebook that has made the grader wait: only what it waits is shorter."""
        return replace(self, idle_s=min(self.idle_s, 1.0))

    def shortened(self) -> Budget:
        """The budget of a notebook that has used up its max_timeouts."""
        return replace(
            self,
            call_cpu_s=min(self.call_cpu_s, self.shortened_cpu_s),
            call_wall_s=min(self.call_wall_s, self.shortened_wall_s),
            grace_s=min(self.grace_s, 1.0),
        )

    def shortest(self) -> Budget:
        """The budget of a notebook most of which has timed out."""
        return replace(
            self.shortened(),
            call_cpu_s=min(self.call_cpu_s, self.shortened_cpu_s / 2),
            call_wall_s=min(self.call_wall_s, self.shortened_wall_s / 2),
            grace_s=min(self.grace_s, 0.25),
            idle_s=min(self.idle_s, 0.5),
        )
